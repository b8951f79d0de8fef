/** Where something is in a lockfile: section, then the index of an entry or a name, then fields. */
export type LockPath = readonly (string | number)[];

/**
 * The line, counted from 1, on which `path` is in the TOML text of a lock, or the closest line above it that is known. Looks
 * at headers and keys at the start of lines only, as Raya writes them: it serves messages, nothing depends on it.
 */
export function tomlLine(text: string, path: LockPath): number | undefined {
  const lines = text.split(/\r?\n/);
  const [section, index, field, name] = path;
  if (typeof section !== "string") return undefined;
  if (typeof index !== "number")
    return lineInNested(lines, section, index, field) ?? lineInTable(lines, section, index);
  const start = nthLine(lines, isHeader(section, "[[", "]]"), index);
  if (start === -1) return undefined;
  const next = lines.findIndex((line, at) => at > start && line.trimStart().startsWith("[["));
  const block = lines.slice(start, next === -1 ? lines.length : next);
  return start + 1 + offsetInBlock(block, section, field, name);
}

/** Line of `name` in `[section.key]`, where there is such a table. */
function lineInNested(
  lines: readonly string[],
  section: string,
  key: string | undefined,
  name: string | number | undefined,
): number | undefined {
  const start = lines.findIndex(isHeader(`${section}.${key}`, "[", "]"));
  if (start === -1) return undefined;
  const at = name === undefined ? -1 : lines.findIndex((line, index) => index > start && hasKey(line, String(name)));
  return (at === -1 ? start : at) + 1;
}

/** Line of `key` in `[section]`, or of a key of the root. */
function lineInTable(lines: readonly string[], section: string, key: string | undefined): number | undefined {
  const start = lines.findIndex(isHeader(section, "[", "]"));
  const at = key === undefined ? -1 : lines.findIndex((line, index) => index > start && hasKey(line, key));
  const found = start === -1 ? lines.findIndex((line) => hasKey(line, section)) : at === -1 ? start : at;
  return found === -1 ? undefined : found + 1;
}

function offsetInBlock(
  block: readonly string[],
  section: string,
  field: string | number | undefined,
  name: string | number | undefined,
): number {
  if (field === undefined) return 0;
  const table = block.findIndex(isHeader(`${section}.${field}`, "[", "]"));
  if (table === -1)
    return Math.max(
      0,
      block.findIndex((line) => hasKey(line, String(field))),
    );
  const at = name === undefined ? -1 : block.findIndex((line, index) => index > table && hasKey(line, String(name)));
  return at === -1 ? table : at;
}

function nthLine(lines: readonly string[], matches: (line: string) => boolean, index: number): number {
  let left = index;
  return lines.findIndex((line) => matches(line) && left-- === 0);
}

function isHeader(name: string, open: string, close: string): (line: string) => boolean {
  return (line) => line.replace(/\s*(?:#.*)?$/, "").replaceAll(/\s+/g, "") === open + name + close;
}

function hasKey(line: string, key: string): boolean {
  const start = line.trimStart();
  return [key, JSON.stringify(key), `'${key}'`].some(
    (spelling) => start.startsWith(spelling) && start.slice(spelling.length).trimStart().startsWith("="),
  );
}
