/** A member of an object in a JSON text; offsets into the text, the end exclusive. */
interface Member {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

interface ObjectText {
  /** Of `{`. */
  readonly start: number;
  /** After `}`. */
  readonly end: number;
  readonly members: readonly Member[];
}

/**
 * Sets `name` in the object `field` of a JSON text that is an object, and changes nothing else of the text: a new member is
 * written the way its neighbours are, in its place where they are sorted, last where they are not.
 * @param text parses as JSON
 */
export function setJsonEntry(text: string, field: string, name: string, value: string): string {
  const root = objectAt(text, text.indexOf("{"));
  const style = styleOf(text, root);
  const owner = root.members.find(({ key }) => key === field);
  const printed = JSON.stringify(value);
  const member = `${JSON.stringify(name)}${style.colon}${printed}`;
  if (owner === undefined) {
    const table = printObject(member, style, style.unit ?? "");
    return insertMember(text, root, root.members.length, `${JSON.stringify(field)}${style.colon}${table}`, style);
  }
  if (text[owner.valueStart] !== "{") {
    return splice(text, owner.valueStart, owner.end, printObject(member, style, style.unit ?? ""));
  }
  const table = objectAt(text, owner.valueStart);
  const present = table.members.find(({ key }) => key === name);
  if (present !== undefined) return splice(text, present.valueStart, present.end, printed);
  return insertMember(text, table, placeFor(table.members, name), member, style);
}

/** Sets a text of the object itself, last where it has none of that name, and changes nothing else. */
export function setJsonText(text: string, name: string, value: string): string {
  const root = objectAt(text, text.indexOf("{"));
  const printed = JSON.stringify(value);
  const present = root.members.find(({ key }) => key === name);
  if (present !== undefined) return splice(text, present.valueStart, present.end, printed);
  const style = styleOf(text, root);
  return insertMember(text, root, root.members.length, `${JSON.stringify(name)}${style.colon}${printed}`, style);
}

/** Takes `name` out of the object `field`; the text as it is where it is not there. */
export function removeJsonEntry(text: string, field: string, name: string): string {
  const root = objectAt(text, text.indexOf("{"));
  const owner = root.members.find(({ key }) => key === field);
  if (owner === undefined || text[owner.valueStart] !== "{") return text;
  const table = objectAt(text, owner.valueStart);
  const index = table.members.findIndex(({ key }) => key === name);
  const member = table.members[index];
  if (member === undefined) return text;
  const [before, after] = [table.members[index - 1], table.members[index + 1]];
  if (after !== undefined) return splice(text, member.start, after.start, "");
  if (before !== undefined) return splice(text, before.end, member.end, "");
  return splice(text, table.start, table.end, "{}");
}

/** Before the first name that is greater, where they are in order; else at the end. */
function placeFor(members: readonly Member[], name: string): number {
  const isSorted = members.every(
    ({ key }, index) => index === 0 || compareKeys(members[index - 1]?.key ?? "", key) <= 0,
  );
  const place = isSorted ? members.findIndex(({ key }) => compareKeys(key, name) > 0) : -1;
  return place === -1 ? members.length : place;
}

/** As npm sorts: by letter, whatever the case. */
function compareKeys(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

function insertMember(text: string, object: ObjectText, place: number, member: string, style: Style): string {
  const { start, end, members } = object;
  const [first, second] = members;
  if (first === undefined) return splice(text, start, end, printObject(member, style, lineIndent(text, start)));
  const lead = text.slice(start + 1, first.start) || style.colon.slice(1);
  const gap = second === undefined ? `,${lead}` : text.slice(first.end, second.start);
  const next = members[place];
  if (next !== undefined) return splice(text, next.start, next.start, `${member}${gap}`);
  const last = members.at(-1)?.end ?? end - 1;
  return splice(text, last, last, `${gap}${member}`);
}

/** An object of one member, on lines of its own where the text has such. */
function printObject(member: string, { unit, eol, padding }: Style, outer: string): string {
  if (unit === undefined) return `{${padding}${member}${padding}}`;
  return `{${eol}${outer}${unit}${member}${eol}${outer}}`;
}

/** How a text is written, by its root. */
interface Style {
  /** What members are indented by; undefined where they are on the line of the brace. */
  readonly unit: string | undefined;
  readonly eol: string;
  /** Between key and value. */
  readonly colon: string;
  /** Inside the braces of an object on one line. */
  readonly padding: string;
}

function styleOf(text: string, { start, members }: ObjectText): Style {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const [first] = members;
  if (first === undefined) return { unit: "  ", eol, colon: ": ", padding: " " };
  const lead = text.slice(start + 1, first.start);
  const isOnLines = lead.includes("\n");
  return {
    unit: isOnLines ? lead.slice(lead.lastIndexOf("\n") + 1) : undefined,
    eol,
    colon: text.slice(first.start, first.valueStart).replace(/^"(?:[^"\\]|\\.)*"/s, ""),
    padding: isOnLines ? " " : lead,
  };
}

function lineIndent(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf("\n", at) + 1, at);
  return /^\s*/.exec(line)?.[0] ?? "";
}

function splice(text: string, start: number, end: number, put: string): string {
  return text.slice(0, start) + put + text.slice(end);
}

/** Reads the object that starts at `start`. The text has been parsed before, so nothing in it can be wrong. */
function objectAt(text: string, start: number): ObjectText {
  const members: Member[] = [];
  let at = skipSpace(text, start + 1);
  while (text[at] !== "}") {
    const keyEnd = skipValue(text, at);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, valueStart);
    members.push({ key: String(JSON.parse(text.slice(at, keyEnd))), start: at, valueStart, end });
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return { start, end: at + 1, members };
}

function skipSpace(text: string, at: number): number {
  let end = at;
  while (/\s/.test(text[end] ?? "")) end++;
  return end;
}

/** The end of the value at `at`: a string, an object or list to its bracket, a word or number. */
function skipValue(text: string, at: number): number {
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^\s,:{}[\]"]+/gsy;
  let depth = 0;
  let end = at;
  do {
    token.lastIndex = end;
    const [found] = token.exec(text) ?? [];
    if (found === "{" || found === "[") depth++;
    if (found === "}" || found === "]") depth--;
    end = found === undefined ? end + 1 : token.lastIndex;
  } while (depth > 0 && end < text.length);
  return end;
}
