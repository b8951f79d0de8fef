import { parse } from "smol-toml";
import type { Table } from "./lock-fields.ts";

type Building = Record<string, unknown>;

const NAME = /^[\w-]+$/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
/** Most keys are the same few. */
const names = new Set<string>();
const MOST_NAMES = 4096;

/**
 * Parses TOML as `printLock` writes it, a fact a line, in half the time that a parser of all of TOML takes. Undefined for
 * anything that is written in another way or is wrong: then that parser has to look at it.
 */
export function parsePrintedToml(text: string): Table | undefined {
  return new PrintedToml().parse(text);
}

class PrintedToml {
  readonly #root: Building = {};
  readonly #lists = new Map<string, Building[]>();

  parse(text: string): Table | undefined {
    if (CONTROL.test(text)) return undefined;
    let table = this.#root;
    for (const line of text.split("\n")) {
      if (line === "" || line.startsWith("#")) continue;
      if (line.startsWith("[")) {
        const opened = line.startsWith("[[") ? this.#addEntry(line) : this.#openTable(line);
        if (opened === undefined) return undefined;
        table = opened;
      } else if (!addFact(table, line)) return undefined;
    }
    return this.#root;
  }

  /** `[[list]]` */
  #addEntry(line: string): Building | undefined {
    const name = line.slice(2, -2);
    let list = this.#lists.get(name);
    if (list === undefined) {
      if (!line.endsWith("]]") || !isName(name) || this.#root[name] !== undefined) return undefined;
      this.#lists.set(name, (list = []));
      this.#root[name] = list;
    }
    const entry: Building = {};
    list.push(entry);
    return entry;
  }

  /** `[table]`, `[list.table]` of the list's last entry, `[table.table]`; undefined for any other and for a second one. */
  #openTable(line: string): Building | undefined {
    if (!line.endsWith("]")) return undefined;
    const [name = "", inner, ...more] = line.slice(1, -1).split(".");
    if (more.length > 0) return undefined;
    if (inner === undefined) return addTable(this.#root, name);
    const owner = this.#lists.get(name)?.at(-1) ?? this.#root[name] ?? addTable(this.#root, name);
    return isBuilding(owner) ? addTable(owner, inner) : undefined;
  }
}

function addTable(owner: Building, name: string): Building | undefined {
  if (!isName(name) || owner[name] !== undefined) return undefined;
  const table: Building = {};
  owner[name] = table;
  return table;
}

function addFact(table: Building, line: string): boolean {
  const isQuoted = line.startsWith('"');
  const end = isQuoted ? line.indexOf('" = ', 1) : line.indexOf(" = ");
  const name = line.slice(isQuoted ? 1 : 0, end);
  if (end === -1 || (isQuoted ? !isPlain(name) : !isName(name)) || Object.hasOwn(table, name)) return false;
  const value = readValue(line.slice(end + (isQuoted ? 4 : 3)));
  if (value === undefined || name === "__proto__") return false;
  table[name] = value;
  return true;
}

function readValue(text: string): unknown {
  const inner = text.slice(1, -1);
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"') && isPlain(inner)) return inner;
  try {
    return parse(`value = ${text}`)["value"];
  } catch {
    // What is wrong, and where, the parser of the whole text says.
    return undefined;
  }
}

/** A bare key that no object has by itself. */
function isName(text: string): boolean {
  if (names.has(text)) return true;
  if (!NAME.test(text) || text in Object.prototype) return false;
  if (names.size < MOST_NAMES) names.add(text);
  return true;
}

/** Nothing that means something else in a basic string. */
function isPlain(text: string): boolean {
  return !text.includes('"') && !text.includes("\\");
}

function isBuilding(value: unknown): value is Building {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
