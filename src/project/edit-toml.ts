import { parse } from "smol-toml";
import { invalidManifest } from "./read-raya-manifest.ts";

/** A piece of a line-oriented edit: from where to where, and what comes in its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly put: string;
}

type Table = Record<string, unknown>;

/**
 * Sets `name` in the table `[table]` of a TOML text; every other character stays, comments among them.
 * @param file path, for errors
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG where the text has the table in a form that cannot be edited
 */
export function setTomlEntry(text: string, table: string, name: string, value: string, file: string): string {
  const found = findEntry(text, table, name);
  const edited = splice(
    text,
    found === undefined
      ? insertion(text, table, name, value)
      : { start: found.valueStart, end: found.valueEnd, put: JSON.stringify(value) },
  );
  return checked(text, edited, file, table, name, value);
}

/** Takes `name` out of `[table]`, with the rest of its line; the text as it is where it is not there. */
export function removeTomlEntry(text: string, table: string, name: string, file: string): string {
  if (!Object.hasOwn(asTable(asTable(parse(text))[table]), name)) return text;
  const found = findEntry(text, table, name);
  const edited = found === undefined ? text : splice(text, { start: found.start, end: found.end, put: "" });
  return checked(text, edited, file, table, name, undefined);
}

interface Entry {
  /** Of the line, and of the one after it. */
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The lines of a table: from after its header to before the next one, or the end. */
function bodyOf(text: string, table: string): { start: number; end: number } | undefined {
  for (const header of text.matchAll(/^[ \t]*\[[ \t]*([^[\]\r\n]+?)[ \t]*\][ \t]*(?:#[^\n]*)?(?:\r?\n|$)/gm)) {
    if (header[1]?.replaceAll(/^["']|["']$/g, "") !== table) continue;
    const start = header.index + header[0].length;
    const next = /^[ \t]*\[/m.exec(text.slice(start));
    return { start, end: next === null ? text.length : start + next.index };
  }
  return undefined;
}

/** `key = value` of a line: the offsets of key and value. */
const KEY = /^[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+)[ \t]*=[ \t]*/gm;

function entriesOf(text: string, table: string): (Entry & { readonly key: string })[] {
  const body = bodyOf(text, table);
  if (body === undefined) return [];
  const entries: (Entry & { key: string })[] = [];
  const pattern = new RegExp(KEY);
  pattern.lastIndex = body.start;
  for (let match = pattern.exec(text); match !== null && match.index < body.end; match = pattern.exec(text)) {
    const valueStart = pattern.lastIndex;
    const valueEnd = endOfValue(text, valueStart);
    const newline = text.indexOf("\n", valueEnd);
    const end = newline === -1 ? text.length : newline + 1;
    entries.push({ key: readKey(match[1] ?? ""), start: match.index, end, valueStart, valueEnd });
    pattern.lastIndex = end;
  }
  return entries;
}

function findEntry(text: string, table: string, name: string): Entry | undefined {
  return entriesOf(text, table).find(({ key }) => key === name);
}

function readKey(spelling: string): string {
  const [key = spelling] = Object.keys(parse(`${spelling} = 0`));
  return key;
}

/** Before the comment or the end of the line; a list may go on over several. */
function endOfValue(text: string, start: number): number {
  const token = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[[\]{}]|#[^\n]*|\n|[^\S\n]+|[^\s"'[\]{}#]+/gy;
  token.lastIndex = start;
  let [depth, end] = [0, start];
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (depth === 0 && (found === "\n" || found.startsWith("#"))) break;
    if (found === "[" || found === "{") depth++;
    if (found === "]" || found === "}") depth--;
    if (found.trim() !== "" && !found.startsWith("#")) end = token.lastIndex;
  }
  return end;
}

/** A line among the others of its table; sorted where they are. Without the table, one at the end of the text. */
function insertion(text: string, table: string, name: string, value: string): Edit {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const line = `${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)} = ${JSON.stringify(value)}${eol}`;
  const body = bodyOf(text, table);
  if (body === undefined) {
    const gap = text === "" ? "" : text.endsWith("\n") ? eol : `${eol}${eol}`;
    return { start: text.length, end: text.length, put: `${gap}[${table}]${eol}${line}` };
  }
  const entries = entriesOf(text, table);
  const isSorted = entries.every(({ key }, index) => index === 0 || (entries[index - 1]?.key ?? "") <= key);
  const next = isSorted ? entries.find(({ key }) => key > name) : undefined;
  const at = next?.start ?? entries.at(-1)?.end ?? body.start;
  const isOpenLine = at > 0 && text[at - 1] !== "\n";
  return { start: at, end: at, put: isOpenLine ? `${eol}${line}` : line };
}

function splice(text: string, { start, end, put }: Edit): string {
  return text.slice(0, start) + put + text.slice(end);
}

/** The edited text, if it says what it should and nothing else. */
function checked(
  before: string,
  after: string,
  file: string,
  table: string,
  name: string,
  value: string | undefined,
): string {
  const wanted = asTable(parse(before));
  const { [name]: _old, ...others } = asTable(wanted[table]);
  wanted[table] = value === undefined ? others : { ...others, [name]: value };
  const found = asTable(parse(after));
  found[table] ??= {};
  if (canonical(found) === canonical(wanted)) return after;
  throw invalidManifest(file, `"${name}" of [${table}] is written in a form that cannot be edited; edit it by hand`);
}

function asTable(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** The same text for the same content, whatever the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === "bigint") return `${inner}n`;
    const isTable = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    return isTable ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))) : inner;
  });
}
