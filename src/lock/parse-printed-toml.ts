import { parse } from "smol-toml";
import { toRecord } from "./lock.ts";
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

const QUOTE = 34;
const HASH = 35;
const BRACKET = 91;

/** `[name]`, `[name.inner]`. */
interface Header {
  readonly name: string;
  readonly inner: string | undefined;
}

class PrintedToml {
  readonly #root: Building = {};
  readonly #lists = new Map<string, Building[]>();
  /** A thousand lines are the same few; undefined is one that cannot be read. */
  readonly #headers = new Map<string, Header | undefined>();

  parse(text: string): Table | undefined {
    if (CONTROL.test(text)) return undefined;
    let table = this.#root;
    for (const line of text.split("\n")) {
      const first = line.charCodeAt(0);
      if (line === "" || first === HASH) continue;
      if (first === BRACKET) {
        const opened = line.charCodeAt(1) === BRACKET ? this.#addEntry(line) : this.#openTable(line);
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
    let header = this.#headers.get(line);
    if (header === undefined && !this.#headers.has(line)) this.#headers.set(line, (header = readHeader(line)));
    if (header === undefined) return undefined;
    const { name, inner } = header;
    if (inner === undefined) return addTable(this.#root, name);
    const owner = this.#lists.get(name)?.at(-1) ?? this.#root[name] ?? addTable(this.#root, name);
    return isBuilding(owner) ? addTable(owner, inner) : undefined;
  }
}

function readHeader(line: string): Header | undefined {
  const [name = "", inner, ...more] = line.slice(1, -1).split(".");
  return line.endsWith("]") && more.length === 0 ? { name, inner } : undefined;
}

function addTable(owner: Building, name: string): Building | undefined {
  if (!isName(name) || owner[name] !== undefined) return undefined;
  const table: Building = toRecord([]);
  owner[name] = table;
  return table;
}

function addFact(table: Building, line: string): boolean {
  const isQuoted = line.charCodeAt(0) === QUOTE;
  const end = isQuoted ? line.indexOf('" = ', 1) : line.indexOf(" = ");
  const name = line.slice(isQuoted ? 1 : 0, end);
  if (end === -1 || (isQuoted ? !isPlain(name) : !isName(name)) || Object.hasOwn(table, name)) return false;
  const value = readValue(line, end + (isQuoted ? 4 : 3));
  if (value === undefined || name === "__proto__") return false;
  table[name] = value;
  return true;
}

/** The value that a line has from there on. */
function readValue(line: string, start: number): unknown {
  const last = line.length - 1;
  const isText = line.charCodeAt(start) === QUOTE && line.indexOf('"', start + 1) === last;
  if (isText && !line.includes("\\")) return line.slice(start + 1, last);
  const text = line.slice(start);
  return readTexts(text) ?? readOther(text);
}

/** `["linux", "!win32"]` */
function readTexts(text: string): string[] | undefined {
  if (text.length < 4 || !text.startsWith('["') || !text.endsWith('"]')) return undefined;
  const texts = text.slice(2, -2).split('", "');
  return texts.every(isPlain) ? texts : undefined;
}

function readOther(text: string): unknown {
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
