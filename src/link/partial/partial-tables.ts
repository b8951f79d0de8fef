import { decodeText } from "../../artifact/string-table.ts";
import { BlockText } from "./block-text.ts";
import { HEAD, invalidPartial, MAGIC, type PartialAbout, TABLE_NAMES, TABLE_WIDTHS } from "./partial-format.ts";

const TABLES = TABLE_NAMES.length;
const SUBJECT = "partial link";

/** The numbers and texts of a partial link, where they lie. */
export class PartialTables {
  readonly about: PartialAbout;
  /** All of them; `from` and `to` say where those of a module are. */
  readonly numbers: Int32Array;
  /** How many there are. */
  readonly modules: number;
  /** Code that is ASCII, of all modules. */
  readonly ascii: BlockText;
  /** UTF-8 of the code of all others. */
  readonly other: Uint8Array;
  readonly #starts: number;
  readonly #tables: readonly number[];
  readonly #ends: number;
  readonly #text: string;
  readonly #strings: (string | undefined)[] = [];

  /** @throws LoaderError ERR_ARTIFACT_INVALID for what is not, or not all of, a partial link */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const { buffer, byteOffset, length } = aligned(bytes);
    const head = HEAD.rows + TABLES;
    if (length < head * 4) throw invalidPartial("it is too short");
    const first = new Int32Array(buffer, byteOffset, head);
    if (first[HEAD.magic] !== MAGIC) throw invalidPartial("it is none");
    const size = (field: number): number => first[field] ?? 0;
    this.modules = size(HEAD.modules);
    this.#starts = head;
    this.#ends = head + (this.modules + 1) * TABLES;
    const tables: number[] = [];
    let at = this.#ends + size(HEAD.stringCount);
    for (const [table, width] of TABLE_WIDTHS.entries()) {
      tables.push(at);
      at += size(HEAD.rows + table) * width;
    }
    this.#tables = tables;
    const texts = size(HEAD.about) + size(HEAD.strings) + size(HEAD.ascii) + size(HEAD.other);
    if (at * 4 + texts !== length) throw invalidPartial("it is not as long as it says");
    this.numbers = new Int32Array(buffer, byteOffset, at);
    let start = at * 4;
    const next = (field: number): Uint8Array => bytes.subarray(start, (start += size(field)));
    this.about = parseAbout(decodeText(next(HEAD.about), SUBJECT));
    this.#text = decodeText(next(HEAD.strings), SUBJECT);
    this.ascii = new BlockText(next(HEAD.ascii), SUBJECT);
    this.other = next(HEAD.other);
  }

  /** Where in `numbers` the rows of a module begin. */
  from(table: number, module: number): number {
    const row = this.numbers[this.#starts + module * TABLES + table] ?? 0;
    return (this.#tables[table] ?? 0) + row * (TABLE_WIDTHS[table] ?? 0);
  }

  /** Where they end. */
  to(table: number, module: number): number {
    return this.from(table, module + 1);
  }

  string(index: number): string {
    return (this.#strings[index] ??= this.#cut(index));
  }

  #cut(index: number): string {
    const start = index === 0 ? 0 : this.numbers[this.#ends + index - 1];
    return this.#text.slice(start, this.numbers[this.#ends + index]);
  }
}

/** Numbers can be looked at only where they are aligned. */
function aligned(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}

function parseAbout(text: string): PartialAbout {
  try {
    return JSON.parse(text) as PartialAbout;
  } catch (cause) {
    throw invalidPartial("it does not say what it was made from", cause);
  }
}
