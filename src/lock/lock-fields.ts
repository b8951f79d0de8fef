import type { InvalidAt } from "./invalid-lock.ts";
import { type TextMap, toRecord, type UnknownFields } from "./lock.ts";
import type { LockPath } from "./toml-line.ts";

/** How deep fields that are not known may be nested. */
const MAX_DEPTH = 64;

export type Table = Readonly<Record<string, unknown>>;

/** Reads the fields of one table of a lock, and remembers which ones were asked for. */
export interface LockFields {
  /** Where a field is, for errors. */
  at(field: string, name?: string): LockPath;
  text(field: string): string;
  optionalText(field: string): string | undefined;
  texts(field: string): readonly string[] | undefined;
  flag(field: string): boolean | undefined;
  integer(field: string): number;
  textMap(field: string): TextMap | undefined;
  table(field: string): Table | undefined;
  tables(field: string): readonly Table[];
  /** The fields that nobody asked for. */
  rest(): UnknownFields | undefined;
}

/** @param path where the table is */
export function lockFields(table: Table, path: LockPath, invalid: InvalidAt): LockFields {
  const known = new Set<string>();
  const owner = typeof table["name"] === "string" ? `of "${table["name"]}"` : "";
  const wrong = (field: string, what: string) =>
    invalid([...path, field], `"${field}" ${owner} is not ${what}`.replace("  ", " "));
  function value(field: string): unknown {
    known.add(field);
    return Object.hasOwn(table, field) ? table[field] : undefined;
  }
  const fields: LockFields = {
    at: (field, name) => (name === undefined ? [...path, field] : [...path, field, name]),
    text(field) {
      const text = fields.optionalText(field);
      if (text === undefined)
        throw invalid(path, `${owner ? `"${String(table["name"])}"` : "an entry"} has no "${field}"`);
      return text;
    },
    optionalText(field) {
      const text = value(field);
      if (text !== undefined && (typeof text !== "string" || text === "")) throw wrong(field, "a text");
      return text;
    },
    texts(field) {
      const list = value(field);
      if (list !== undefined && !isTextList(list)) throw wrong(field, "a list of texts");
      return list;
    },
    flag(field) {
      const flag = value(field);
      if (flag !== undefined && typeof flag !== "boolean") throw wrong(field, "true or false");
      return flag;
    },
    integer(field) {
      const number = value(field);
      if (typeof number !== "number" || !Number.isInteger(number)) throw wrong(field, "a whole number");
      return number;
    },
    textMap(field) {
      const map = fields.table(field);
      if (map === undefined) return undefined;
      const entries = Object.entries(map).map(([name, text]): [string, string] => {
        if (typeof text !== "string") throw invalid([...path, field, name], `"${name}" in "${field}" is not a text`);
        return [name, text];
      });
      return toRecord(entries);
    },
    table(field) {
      const found = value(field);
      if (found !== undefined && !isTable(found)) throw wrong(field, "a table");
      return found;
    },
    tables(field) {
      const list = value(field) ?? [];
      if (!Array.isArray(list) || !list.every(isTable)) throw wrong(field, "a list of tables");
      return list;
    },
    rest() {
      const rest = Object.entries(table).filter(([field]) => !known.has(field));
      for (const [field, unknown] of rest) if (holdsNull(unknown)) throw wrong(field, "anything that TOML can hold");
      return rest.length === 0 ? undefined : toRecord(rest);
    },
  };
  return fields;
}

export function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Null, or nested so deep that nobody meant it. */
function holdsNull(value: unknown, depth = 0): boolean {
  if (value === null || depth > MAX_DEPTH) return true;
  if (typeof value !== "object" || value instanceof Date) return false;
  return Object.values(value).some((inner) => holdsNull(inner, depth + 1));
}

/** An object without the fields that are undefined. */
export function present<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}
