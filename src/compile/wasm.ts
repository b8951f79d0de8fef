import { type ErrorDetails, LoaderError } from "../errors.ts";
import { emptyAnalysis, type ModuleAnalysis, type ModuleRequest } from "./module-analysis.ts";

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const IMPORT_SECTION = 2;
const EXPORT_SECTION = 7;

/**
 * Reads what a WebAssembly module imports and exports (WebAssembly core specification, binary format; needed because
 * service workers and workerd cannot compile from bytes). Each imported module name is a request, as in the ES module
 * integration proposal.
 * @throws LoaderError ERR_SOURCE_PARSE
 */
export function analyseWasm(bytes: Uint8Array, file: string, details: ErrorDetails = {}): ModuleAnalysis {
  const reader = new WasmReader(bytes, file, details);
  const { imports, exports } = reader.read();
  const requests: ModuleRequest[] = [...imports].map(([specifier, names]) => ({
    specifier,
    kind: "import",
    start: 0,
    end: 0,
    names: [...names],
  }));
  return { ...emptyAnalysis("wasm"), requests, exports: exports.toSorted() };
}

class WasmReader {
  readonly #bytes: Uint8Array;
  readonly #file: string;
  readonly #details: ErrorDetails;
  readonly #text = new TextDecoder("utf-8", { fatal: true });
  #at = 0;

  constructor(bytes: Uint8Array, file: string, details: ErrorDetails) {
    this.#bytes = bytes;
    this.#file = file;
    this.#details = details;
  }

  read(): { imports: Map<string, Set<string>>; exports: string[] } {
    if (!MAGIC.every((byte, index) => this.#bytes[index] === byte))
      throw this.#invalid("it does not start as a WebAssembly 1 module");
    this.#at = MAGIC.length;
    const imports = new Map<string, Set<string>>();
    const exports: string[] = [];
    while (this.#at < this.#bytes.length) {
      const id = this.#byte();
      const end = this.#size() + this.#at;
      if (end > this.#bytes.length) throw this.#invalid("a section is longer than the file");
      if (id === IMPORT_SECTION) this.#imports(imports);
      else if (id === EXPORT_SECTION) this.#exports(exports);
      this.#at = end;
    }
    return { imports, exports };
  }

  #imports(into: Map<string, Set<string>>): void {
    for (let count = this.#size(); count > 0; count--) {
      const module = this.#name();
      const names = into.get(module) ?? new Set();
      into.set(module, names.add(this.#name()));
      this.#skipImportType();
    }
  }

  #exports(into: string[]): void {
    for (let count = this.#size(); count > 0; count--) {
      into.push(this.#name());
      this.#byte();
      this.#size();
    }
  }

  #skipImportType(): void {
    const kind = this.#byte();
    if (kind === 0) this.#size();
    else if (kind === 1) {
      this.#valueType();
      this.#limits();
    } else if (kind === 2) this.#limits();
    else if (kind === 3) {
      this.#valueType();
      this.#byte();
    } else if (kind === 4) {
      this.#byte();
      this.#size();
    } else throw this.#invalid(`an import has the unknown kind ${kind}`);
  }

  #valueType(): void {
    const type = this.#byte();
    // (ref null? heaptype): a heap type follows.
    if (type === 0x63 || type === 0x64) this.#size();
  }

  #limits(): void {
    const flags = this.#byte();
    this.#size();
    if ((flags & 1) === 1) this.#size();
  }

  #name(): string {
    const length = this.#size();
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    if (bytes.length !== length) throw this.#invalid("a name is longer than the file");
    this.#at += length;
    try {
      return this.#text.decode(bytes);
    } catch (cause) {
      throw this.#invalid("a name is not UTF-8", cause);
    }
  }

  /** LEB128; 64-bit limits fit a double closely enough to be skipped. */
  #size(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      if (factor > 2 ** 63) throw this.#invalid("a number is too long");
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw this.#invalid("it ends too early");
    return byte;
  }

  #invalid(reason: string, cause?: unknown): LoaderError {
    const file = this.#file;
    return new LoaderError(
      "ERR_SOURCE_PARSE",
      `${file} is not a WebAssembly module: ${reason}`,
      { ...this.#details, file },
      cause,
    );
  }
}
