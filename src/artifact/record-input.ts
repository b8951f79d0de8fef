import { NumberReader } from "./number-reader.ts";
import type { StringTable } from "./string-table.ts";

/** The numbers of one record, and the tables of its package that they name. */
export class RecordInput extends NumberReader {
  readonly strings: StringTable;
  /** Paths of the package's files, by index. */
  readonly paths: readonly string[];

  constructor(bytes: Uint8Array, key: string, strings: StringTable, paths: readonly string[]) {
    super(bytes, key);
    this.strings = strings;
    this.paths = paths;
  }

  text(): string {
    const number = this.#string();
    if (number === 0) throw this.invalid("a string is missing");
    return this.strings.at(number - 1);
  }

  /** A string; where it is not written, `usual`. */
  textOr<Usual extends string | undefined>(usual: Usual): string | Usual {
    const number = this.#string();
    return number === 0 ? usual : this.strings.at(number - 1);
  }

  /** Strings are numbered from 1. */
  #string(): number {
    return this.below(this.strings.count + 1, "string");
  }

  /** One of the values of an enumeration, which is called `what`. */
  choice<Value>(values: readonly Value[], index: number, what: string): Value {
    if (index >= values.length) throw this.invalid(`it has ${what} ${index}`);
    return values[index] as Value;
  }

  /** As many items as the next number says. Each takes at least one byte, so no count asks for more than there is. */
  list<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let left = this.number(); left > 0; left--) items.push(read());
    return items;
  }
}
