import type { ErrorJson } from "../errors.ts";

/**
 * WebAssembly modules as modules (WebAssembly ES module integration), for linked code:
 *
 * 1. Before an image starts, `await prepareWasm(urls)` compiles every WebAssembly module it brings.
 * 2. `wasmNamespace(url)` may be called any time after that; a member that is read before step 3 is a ReferenceError, as
 *    any binding that has no value yet. A name that linked code imports is read from it whenever it is used, so that a
 *    mutable global shows its current value.
 * 3. When it is the module's turn, `instantiateWasm(url, imports)`; where the record has `topLevelAwait`, because engines
 *    do not make large instances synchronously, `await instantiateLargeWasm(url, imports)`. `imports` has one function
 *    for each of the record's `wasm.imports`, in that order: `() => log$1` for a binding of JavaScript, `() =>
 *    wasmObject(other, name)` for one that resolves, through re-exports too, to an export of another WebAssembly module.
 * 4. `wasmModule(url)` is what `import source` and `import.source()` give.
 */
export interface WasmRuntime {
  /** @throws LoaderError ERR_SOURCE_PARSE, ERR_EVALUATE_UNAVAILABLE */
  prepareWasm(urls: readonly string[]): Promise<void>;
  wasmNamespace(url: string): Readonly<Record<string, unknown>>;
  /** @throws WebAssembly.LinkError; whatever a getter of `imports` or the start function throws */
  instantiateWasm(url: string, imports: readonly (() => unknown)[]): void;
  instantiateLargeWasm(url: string, imports: readonly (() => unknown)[]): Promise<void>;
  /** The export itself: of a global the WebAssembly.Global, not its value. */
  wasmObject(url: string, name: string): unknown;
  wasmModule(url: string): WebAssembly.Module;
}

/** What it needs of its realm. */
export interface WasmRuntimeOptions {
  /** Prefix of module URLs, which messages leave out. */
  readonly base: string;
  /** The bytes of a module of the program. */
  readBytes(url: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The module of that URL, where the realm was given it compiled. */
  readonly compiledWasm?: ((url: string) => WebAssembly.Module | undefined) | undefined;
}

/** Creates a realm's part for WebAssembly. Reaches realms as text, so it uses nothing from outside of itself. */
export function createWasmRuntime(options: WasmRuntimeOptions): WasmRuntime {
  /** String functions and constants are the engine's own where it has them; no module is imported for them. */
  const BUILTINS = { builtins: ["js-string"], importedStringConstants: "wasm:js/string-constants" };
  const BUILTIN_MODULES = new Set(["wasm:js-string", "wasm:js/string-constants"]);
  const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

  const compiling = new Map<string, Promise<void>>();
  const modules = new Map<string, WebAssembly.Module>();
  const instances = new Map<string, WebAssembly.Instance>();
  const namespaces = new Map<string, Record<string, unknown>>();

  const shown = (url: string): string => (url.startsWith(options.base) ? url.slice(options.base.length) : url);

  const loaderError = (code: ErrorJson["code"], message: string, details: ErrorJson["details"], cause?: unknown) =>
    Object.assign(new Error(message, { cause }), { name: "LoaderError", code, details });

  const compileBytes = (bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> =>
    // The second parameter is newer than the types of TypeScript.
    (WebAssembly.compile as (bytes: BufferSource, options: object) => Promise<WebAssembly.Module>)(bytes, BUILTINS);

  /** Whether anything can be compiled here: workerd and some content security policies do not allow it. */
  const cannotCompile = async (): Promise<boolean> => {
    try {
      await compileBytes(EMPTY_MODULE);
      return false;
    } catch {
      return true;
    }
  };

  const compile = async (url: string): Promise<void> => {
    const compiled = options.compiledWasm?.(url);
    if (compiled !== undefined) return void modules.set(url, compiled);
    const bytes = await options.readBytes(url);
    try {
      modules.set(url, await compileBytes(bytes));
    } catch (cause) {
      const file = shown(url);
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (await cannotCompile()) {
        const message = `"${file}" cannot run: this runtime does not compile WebAssembly: ${reason}`;
        throw loaderError("ERR_EVALUATE_UNAVAILABLE", message, { file, url }, cause);
      }
      throw loaderError("ERR_SOURCE_PARSE", `"${file}" cannot be compiled: ${reason}`, { file, url }, cause);
    }
  };

  const prepare = (url: string): Promise<void> => {
    const known = compiling.get(url);
    if (known !== undefined) return known;
    const compiled = compile(url).catch((error: unknown) => {
      compiling.delete(url);
      throw error;
    });
    compiling.set(url, compiled);
    return compiled;
  };

  const wasmModule = (url: string): WebAssembly.Module => {
    const module = modules.get(url);
    if (module !== undefined) return module;
    throw loaderError("ERR_MODULE_NOT_FOUND", `"${shown(url)}" is not part of the program`, { url });
  };

  const wasmObject = (url: string, name: string): unknown => {
    const instance = instances.get(url);
    if (instance !== undefined) return instance.exports[name];
    throw new ReferenceError(`Cannot access "${name}" of "${shown(url)}" before initialization`);
  };

  const read = (url: string, name: string): unknown => {
    const object = wasmObject(url, name);
    if (!(object instanceof WebAssembly.Global)) return object;
    try {
      return object.value as unknown;
    } catch (cause) {
      // v128 and exception references: their bindings never get a value.
      throw new ReferenceError(`JavaScript cannot hold the value of "${name}" of "${shown(url)}"`, { cause });
    }
  };

  const wasmNamespace = (url: string): Record<string, unknown> => {
    const known = namespaces.get(url);
    if (known !== undefined) return known;
    const namespace = Object.create(null) as Record<string, unknown>;
    const names = WebAssembly.Module.exports(wasmModule(url)).map(({ name }) => name);
    for (const name of names.toSorted())
      Object.defineProperty(namespace, name, { enumerable: true, configurable: true, get: () => read(url, name) });
    Object.defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
    namespaces.set(url, Object.preventExtensions(namespace));
    if (instances.has(url)) settle(url, namespace);
    return namespace;
  };

  /** Only globals change from now on; what is called often is a plain property. */
  const settle = (url: string, namespace: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(instances.get(url)?.exports ?? {}))
      if (!(value instanceof WebAssembly.Global)) Object.defineProperty(namespace, name, { value });
    Object.freeze(namespace);
  };

  const start = (url: string, instance: WebAssembly.Instance): void => {
    instances.set(url, instance);
    const namespace = namespaces.get(url);
    if (namespace !== undefined) settle(url, namespace);
  };

  const fits = (kind: WebAssembly.ImportExportKind, value: unknown): boolean => {
    if (kind === "function") return typeof value === "function";
    if (kind === "global" && (typeof value === "number" || typeof value === "bigint")) return true;
    return typeof value === "object" && value !== null;
  };

  /** Reads the imports, in order; `explain` says what an engine's LinkError may not: which module and which import. */
  const readImports = (url: string, imports: readonly (() => unknown)[]) => {
    const described = WebAssembly.Module.imports(wasmModule(url)).filter(({ module }) => !BUILTIN_MODULES.has(module));
    const values = described.map((_, index) => imports[index]?.());
    const object = Object.create(null) as Record<string, Record<string, unknown>>;
    for (const [index, { module, name }] of described.entries())
      (object[module] ??= Object.create(null) as Record<string, unknown>)[name] = values[index];
    const explain = (cause: unknown): unknown => {
      if (!(cause instanceof WebAssembly.LinkError)) return cause;
      const wrong = described.findIndex(({ kind }, index) => !fits(kind, values[index]));
      const { module, name, kind } = described[wrong] ?? {};
      const value = values[wrong] === null ? "null" : typeof values[wrong];
      const what =
        kind === undefined ? cause.message : `it imports the ${kind} "${name}" from "${module}", which is ${value}`;
      return Object.assign(new WebAssembly.LinkError(`"${shown(url)}" cannot be linked: ${what}`), { cause });
    };
    return { object: object as WebAssembly.Imports, explain };
  };

  return {
    prepareWasm: async (urls) => {
      await Promise.all(urls.map(prepare));
    },
    wasmNamespace,
    instantiateWasm: (url, imports) => {
      const { object, explain } = readImports(url, imports);
      try {
        start(url, new WebAssembly.Instance(wasmModule(url), object));
      } catch (error) {
        throw explain(error);
      }
    },
    instantiateLargeWasm: async (url, imports) => {
      const { object, explain } = readImports(url, imports);
      try {
        start(url, await WebAssembly.instantiate(wasmModule(url), object));
      } catch (error) {
        throw explain(error);
      }
    },
    wasmObject,
    wasmModule,
  };
}
