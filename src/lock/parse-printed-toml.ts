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
    let end: number;
    // Lines are not cut out: of nearly all nothing but a name and a text is wanted.
    for (let start = 0; start < text.length; start = end + 1) {
      end = text.indexOf("\n", start);
      if (end === -1) end = text.length;
      const first = text.charCodeAt(start);
      if (start === end || first === HASH) continue;
      if (first === BRACKET) {
        const line = text.slice(start, end);
        const opened = text.charCodeAt(start + 1) === BRACKET ? this.#addEntry(line) : this.#openTable(line);
        if (opened === undefined) return undefined;
        table = opened;
      } else if (!addFact(table, text, start, end)) return undefined;
    }
    return this.#root;
  }

  /** `[[list]]` */
  #addEntry(line: string): Building | undefined {
    if (!line.endsWith("]]")) return undefined;
    const name = line.slice(2, -2);
    let list = this.#lists.get(name);
    if (list === undefined) {
      if (!isName(name) || this.#root[name] !== undefined) return undefined;
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

/** The fact on the line from `start` to `end`. */
function addFact(table: Building, text: string, start: number, end: number): boolean {
  const isQuoted = text.charCodeAt(start) === QUOTE;
  const middle = isQuoted ? text.indexOf('" = ', start + 1) : text.indexOf(" = ", start);
  if (middle === -1 || middle > end) return false;
  const name = text.slice(isQuoted ? start + 1 : start, middle);
  if ((isQuoted ? !isPlain(name) : !isName(name)) || Object.hasOwn(table, name)) return false;
  const value = readValue(text, middle + (isQuoted ? 4 : 3), end);
  if (value === undefined || name === "__proto__") return false;
  table[name] = value;
  return true;
}

/** The value from `start` to the line's end. */
function readValue(text: string, start: number, end: number): unknown {
  if (text.charCodeAt(start) === QUOTE && text.indexOf('"', start + 1) === end - 1) {
    const plain = text.slice(start + 1, end - 1);
    if (!plain.includes("\\")) return plain;
  }
  const value = text.slice(start, end);
  return readTexts(value) ?? readOther(value);
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
