import {
  emptyRecord,
  type ModuleRecord,
  RECORD_FLAGS,
  type WasmInterface,
  type WasmKind,
} from "../artifact/module-record.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const IMPORT_SECTION = 2;
const EXPORT_SECTION = 7;
const KINDS: readonly WasmKind[] = ["function", "table", "memory", "global", "tag"];

/** What engines have themselves where they have it (WebAssembly JS String Builtins): never a request. */
const BUILTIN_MODULES: ReadonlySet<string> = new Set(["wasm:js-string", "wasm:js/string-constants"]);

/** Chromium makes instances of larger modules only asynchronously. */
const MAX_SYNCHRONOUS_BYTES = 8 * 1024 * 1024;

/**
 * Compiles a WebAssembly module: reads what it imports and exports. Each imported module name is a request, as in the
 * ES module integration proposal. Needed because service workers and workerd cannot compile from bytes.
 * @throws LoaderError ERR_SOURCE_PARSE
 */
export function compileWasm(
  bytes: Uint8Array,
  path: string,
  shownAs: string,
  details: ErrorDetails = {},
): ModuleRecord {
  const wasm = readWasmInterface(bytes, shownAs, details);
  return {
    ...emptyRecord(path, "wasm"),
    flags: instantiatesLater(bytes) ? RECORD_FLAGS.topLevelAwait : 0,
    requests: requestedModules(wasm).map((specifier) => ({ specifier, kind: "import", line: 1, column: 1 })),
    names: wasm.exports.map(({ name }) => name).toSorted(),
    wasm,
  };
}

/** Whether its evaluation has to wait for its instance. */
function instantiatesLater(bytes: Uint8Array): boolean {
  return bytes.length > MAX_SYNCHRONOUS_BYTES;
}

function requestedModules({ imports }: Pick<WasmInterface, "imports">): string[] {
  return [...new Set(imports.map(({ module }) => module))];
}

/**
 * Reads the import and the export section (WebAssembly core specification, binary format).
 * @throws LoaderError ERR_SOURCE_PARSE
 */
export function readWasmInterface(bytes: Uint8Array, file: string, details: ErrorDetails = {}): WasmInterface {
  return new WasmReader(bytes, file, details).read();
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

  read(): WasmInterface {
    if (!MAGIC.every((byte, index) => this.#bytes[index] === byte))
      throw this.#invalid("it does not start as a WebAssembly 1 module");
    this.#at = MAGIC.length;
    let imports: WasmInterface["imports"] = [];
    let exports: WasmInterface["exports"] = [];
    while (this.#at < this.#bytes.length) {
      const id = this.#byte();
      const end = this.#size() + this.#at;
      if (end > this.#bytes.length) throw this.#invalid("a section is longer than the file");
      if (id === IMPORT_SECTION) imports = this.#imports();
      else if (id === EXPORT_SECTION) exports = this.#exports();
      this.#at = end;
    }
    return { imports, exports };
  }

  #imports(): WasmInterface["imports"] {
    const imports = this.#list(() => {
      const module = this.#name();
      const name = this.#name();
      return { module, name, kind: this.#importType() };
    });
    return imports.filter(({ module }) => !BUILTIN_MODULES.has(module));
  }

  #exports(): WasmInterface["exports"] {
    return this.#list(() => {
      const name = this.#name();
      const kind = this.#kind("export");
      this.#size();
      return { name, kind };
    });
  }

  #list<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let count = this.#size(); count > 0; count--) items.push(read());
    return items;
  }

  #kind(of: "import" | "export"): WasmKind {
    const byte = this.#byte();
    const kind = KINDS[byte];
    if (kind === undefined) throw this.#invalid(`an ${of} has the unknown kind ${byte}`);
    return kind;
  }

  #importType(): WasmKind {
    const kind = this.#kind("import");
    switch (kind) {
      case "function":
        this.#size();
        break;
      case "table":
        this.#valueType();
        this.#limits();
        break;
      case "memory":
        this.#limits();
        break;
      case "global":
        this.#valueType();
        this.#byte();
        break;
      default:
        this.#byte();
        this.#size();
    }
    return kind;
  }

  #valueType(): void {
    const type = this.#byte();
    // (ref null? heaptype): a heap type follows.
    if (type === 0x63 || type === 0x64) this.#size();
  }

  #limits(): void {
    const flags = this.#byte();
    this.#size();
    if ((flags & 1) !== 0) this.#size();
    // A page size of its own.
    if ((flags & 8) !== 0) this.#size();
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
