import type { LoaderError } from "../errors.ts";
import type { InvalidAt } from "./invalid-lock.ts";
import { type TextMap, toRecord, type UnknownFields } from "./lock.ts";
import type { LockPath } from "./toml-line.ts";

/** How deep fields that are not known may be nested. */
const MAX_DEPTH = 64;

export type Table = Readonly<Record<string, unknown>>;

/** Reads the fields of one table of a lock, and remembers which ones were asked for. What is wrong is thrown with its place. */
export class LockFields {
  readonly #table: Table;
  readonly #path: LockPath;
  readonly #invalid: InvalidAt;
  readonly #known: string[] = [];

  /** @param path where the table is */
  constructor(table: Table, path: LockPath, invalid: InvalidAt) {
    this.#table = table;
    this.#path = path;
    this.#invalid = invalid;
  }

  /** Where a field is, for errors. */
  at(field: string, name?: string): LockPath {
    return name === undefined ? [...this.#path, field] : [...this.#path, field, name];
  }

  text(field: string): string {
    const text = this.optionalText(field);
    if (text !== undefined) return text;
    const { name } = this.#table;
    throw this.#invalid(this.#path, `${typeof name === "string" ? `"${name}"` : "an entry"} has no "${field}"`);
  }

  optionalText(field: string): string | undefined {
    const text = this.#value(field);
    if (text === undefined || (typeof text === "string" && text !== "")) return text;
    throw this.#wrong(field, "a text");
  }

  texts(field: string): readonly string[] | undefined {
    const list = this.#value(field);
    if (list === undefined || isTextList(list)) return list;
    throw this.#wrong(field, "a list of texts");
  }

  flag(field: string): boolean | undefined {
    const flag = this.#value(field);
    if (flag === undefined || typeof flag === "boolean") return flag;
    throw this.#wrong(field, "true or false");
  }

  integer(field: string): number {
    const number = this.#value(field);
    if (typeof number === "number" && Number.isInteger(number)) return number;
    throw this.#wrong(field, "a whole number");
  }

  textMap(field: string): TextMap | undefined {
    const table = this.table(field);
    if (table === undefined) return undefined;
    for (const name of Object.keys(table)) {
      if (typeof table[name] === "string") continue;
      throw this.#invalid(this.at(field, name), `"${name}" in "${field}" is not a text`);
    }
    // Without a prototype it is a record already.
    return (Object.getPrototypeOf(table) === null ? table : toRecord(Object.entries(table))) as TextMap;
  }

  table(field: string): Table | undefined {
    const found = this.#value(field);
    if (found === undefined || isTable(found)) return found;
    throw this.#wrong(field, "a table");
  }

  tables(field: string): readonly Table[] {
    const list = this.#value(field) ?? [];
    if (Array.isArray(list) && list.every(isTable)) return list;
    throw this.#wrong(field, "a list of tables");
  }

  /** Whether there are fields that nobody has asked for yet. */
  get hasMore(): boolean {
    return Object.keys(this.#table).length > this.#known.length;
  }

  /** The fields that nobody asked for. */
  rest(): UnknownFields | undefined {
    if (!this.hasMore) return undefined;
    const rest = Object.keys(this.#table).filter((field) => !this.#known.includes(field));
    for (const field of rest)
      if (holdsNull(this.#table[field])) throw this.#wrong(field, "anything that TOML can hold");
    return toRecord(rest.map((field) => [field, this.#table[field]]));
  }

  #value(field: string): unknown {
    if (!Object.hasOwn(this.#table, field)) return undefined;
    if (!this.#known.includes(field)) this.#known.push(field);
    return this.#table[field];
  }

  #wrong(field: string, what: string): LoaderError {
    const { name } = this.#table;
    const owner = typeof name === "string" ? ` of "${name}"` : "";
    return this.#invalid(this.at(field), `"${field}"${owner} is not ${what}`);
  }
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

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** An object without the fields that are undefined. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const found: Partial<Fields> = {};
  for (const field in fields) if (fields[field] !== undefined) found[field] = fields[field];
  return found as Present<Fields>;
}
