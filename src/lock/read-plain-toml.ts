import { toRecord } from "./lock.ts";
import { isTable, type Table } from "./lock-fields.ts";

type Entries = Record<string, unknown>;

const HEADER = /^\[([\w-]+)(?:\.([\w-]+|"[^"\\]*"))?\]$/;
const LIST_HEADER = /^\[\[([\w-]+)\]\]$/;
const FACT = /^([\w-]+|"[^"\\]*") = (.+)$/;

/**
 * Reads the TOML that `printLock` writes: one fact a line, texts without escapes. Undefined for any other TOML, and for what is
 * none: a parser of all of it, which takes several times as long before it is warm, has to tell.
 */
export function readPlainToml(text: string): Table | undefined {
  // oxlint-disable-next-line no-control-regex -- TOML has none of them in texts
  if (/[\0-\x09\x0b-\x1f\x7f]/.test(text) || !text.isWellFormed()) return undefined;
  const root = toRecord<unknown>([]);
  let table: Entries | undefined = root;
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    table = line.startsWith("[") ? openTable(root, line) : addFact(table, line);
    if (table === undefined) return undefined;
  }
  return root;
}

/** The table that the lines after a header fill; undefined where it was there before. */
function openTable(root: Entries, line: string): Entries | undefined {
  const [, list] = LIST_HEADER.exec(line) ?? [];
  if (list !== undefined) return openEntry(root, list);
  const [, name, key] = HEADER.exec(line) ?? [];
  if (name === undefined) return undefined;
  if (key === undefined) return openNew(root, name);
  const owner = root[name] ?? openNew(root, name);
  const within = Array.isArray(owner) ? (owner.at(-1) as unknown) : owner;
  return isTable(within) ? openNew(within, unquote(key)) : undefined;
}

function openEntry(root: Entries, name: string): Entries | undefined {
  const list = (root[name] ??= []);
  const isList = Array.isArray(list) && list.every(isTable);
  if (!isList || !LISTS.has(name)) return undefined;
  const entry = toRecord<unknown>([]);
  (list as unknown[]).push(entry);
  return entry;
}

/** The lists of a lock: a list of tables that was written as a value is not added to. */
const LISTS = new Set(["importer", "package", "url"]);

function openNew(owner: Entries, key: string): Entries | undefined {
  if (key in owner) return undefined;
  const table = toRecord<unknown>([]);
  owner[key] = table;
  return table;
}

function addFact(table: Entries | undefined, line: string): Entries | undefined {
  const [, key, text] = FACT.exec(line) ?? [];
  if (table === undefined || key === undefined || text === undefined || unquote(key) in table) return undefined;
  const value = readValue(text);
  if (value === undefined) return undefined;
  table[unquote(key)] = value;
  return table;
}

function readValue(text: string): unknown {
  if (/^"[^"\\]*"$/.test(text)) return text.slice(1, -1);
  if (text === "true" || text === "false") return text === "true";
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (text.startsWith("[")) return readTexts(text);
  return text.startsWith("{ ") ? readInline(text) : undefined;
}

/** `["a", "b"]` */
function readTexts(text: string): string[] | undefined {
  if (text === "[]") return [];
  const items = text.slice(1, -1).split(", ");
  return text.endsWith("]") && items.every((item) => /^"[^"\\]*"$/.test(item)) ? items.map(unquote) : undefined;
}

/** `{ range = "^1", id = "a@1.0.0" }` */
function readInline(text: string): Table | undefined {
  if (!/^\{ (?:(?:[\w-]+|"[^"\\]*") = "[^"\\]*"(?:, (?=[\w"-])| \}$))+$/.test(text)) return undefined;
  const table = toRecord<unknown>([]);
  for (const [, key = "", value] of text.matchAll(/([\w-]+|"[^"\\]*") = "([^"\\]*)"/g)) {
    if (unquote(key) in table) return undefined;
    table[unquote(key)] = value;
  }
  return table;
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}
