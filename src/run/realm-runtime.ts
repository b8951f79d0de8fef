import type { ErrorJson } from "../errors.ts";
import type { BuiltinRuntime, BuiltinRuntimeOptions } from "./builtin-runtime.ts";
import type { Asset } from "./image.ts";
import type { LinkedRuntime, LinkedRuntimeOptions } from "./linked-runtime.ts";
import type { NodeGlobals } from "./node-globals.ts";
import type { WasmRuntime, WasmRuntimeOptions } from "./wasm-runtime.ts";

/** What a realm gives its runtime. */
export interface RealmRuntimeOptions {
  readonly mode: string;
  /** Prefix of module URLs, ends with `/`. */
  readonly base: string;
  /** Loads what an `import()` needs into the realm; gives the URL to import. */
  importModule(specifier: string, referrer: string, type?: string): Promise<string>;
  /** The engine's own `import()`, for a URL of the image. */
  importUrl(url: string): Promise<unknown>;
  readAsset(url: string): Promise<Asset | undefined>;
  /** A WebAssembly module that the realm was given compiled; where there is none it is compiled from its bytes. */
  readonly compiledWasm?: (url: string) => WebAssembly.Module | undefined;
  /** Applies a style sheet that was imported for its effect; nothing where there is no document. */
  addStyle(url: string, text: string): void;
  /** A CSSStyleSheet; throws where there are none. */
  createStyleSheet(text: string): unknown;
  /** A module of Node, where the realm has them itself: then its global names are Node's too. */
  readonly nativeBuiltin?: (name: string) => unknown;
}

/** What linked code calls; the global `__raya` of a realm. */
export interface RealmRuntime extends WasmRuntime, LinkedRuntime, BuiltinRuntime {
  /** Registers a CommonJS module: its requires by specifier (a URL, or the error that the call shall throw). */
  define(
    url: string,
    requires: Record<string, string | ErrorJson>,
    needs: readonly string[],
    run: CommonjsFunction,
  ): void;
  /** Runs a CommonJS module once and gives its `module.exports`. */
  require(url: string): unknown;
  /** URL of the CommonJS module that is running right now, as classic scripts know theirs. */
  runningScript(): string | undefined;
  /** Makes an ES module's namespace available to `require`. */
  provide(url: string, namespace: Record<string, unknown>): void;
  defaultOf(exports: unknown, nodeMode: boolean): unknown;
  /** The namespace of a CommonJS module that has run: `default` and every name of its `module.exports`, live. */
  namespaceOf(url: string, nodeMode: boolean): object;
  /** The value of an export, or ERR_EXPORT_NOT_FOUND. */
  need(exports: unknown, name: string, module: string, place: string): unknown;
  meta(url: string): object;
  /** Runs what is behind the entry of an image. */
  importEntry(url: string): Promise<{ readonly namespace: unknown }>;
  importFrom(referrer: string): (specifier: unknown, options?: unknown) => Promise<unknown>;
  /** `import.source()`: gives a WebAssembly.Module. */
  sourceFrom(referrer: string): (specifier: unknown) => Promise<unknown>;
  /** `import.defer()`: gives a namespace whose module runs when it is first looked at. */
  deferFrom(referrer: string): (specifier: unknown) => Promise<unknown>;
  /** `require` of an ES module that uses it: its requires by specifier. */
  requireFrom(requires: Record<string, string | ErrorJson>, url: string): (specifier: string) => unknown;
  /** Throws an error of the loader, as JSON. */
  fail(error: string): never;
  /** The bytes of base64 text. */
  bytes(base64: string): Uint8Array;
  styleSheet(text: string): unknown;
  style(url: string, text: string): void;
}

/** Parts of the runtime that are functions of their own. */
export interface RuntimeParts {
  readonly createWasmRuntime: (options: WasmRuntimeOptions) => WasmRuntime;
  readonly createLinkedRuntime: (options: LinkedRuntimeOptions) => LinkedRuntime;
  readonly createBuiltinRuntime: (
    options: BuiltinRuntimeOptions,
    createNodeGlobals: RuntimeParts["createNodeGlobals"],
  ) => BuiltinRuntime;
  readonly createNodeGlobals: (mode: string, fail: (member: string) => never) => NodeGlobals;
}

type CommonjsFunction = (this: unknown, ...parameters: unknown[]) => void;

/**
 * Creates a realm's runtime. The sandboxed frame gets this function as text, so it may use nothing from outside of
 * itself and its parameters but the platform.
 */
export function createRealmRuntime(
  options: RealmRuntimeOptions,
  { createWasmRuntime, createLinkedRuntime, createBuiltinRuntime, createNodeGlobals }: RuntimeParts,
): RealmRuntime {
  interface CommonjsModule {
    readonly requires: Record<string, string | ErrorJson>;
    readonly needs: readonly string[];
    readonly run: CommonjsFunction;
  }
  const definitions = new Map<string, CommonjsModule>();
  const instances = new Map<string, { id: string; filename: string; exports: unknown; loaded: boolean }>();
  /** Of ES modules, for `require`. */
  const namespaces = new Map<string, unknown>();
  /** Of CommonJS modules, for ES modules. */
  const commonjsNamespaces = new Map<string, object>();
  const metas = new Map<string, object>();
  let runningScript: string | undefined;

  const builtins = createBuiltinRuntime({ ...options, require: (url) => require(url) }, createNodeGlobals);

  const loaderError = (json: Pick<ErrorJson, "code" | "message" | "details">): Error => {
    const error = new Error(json.message);
    return Object.assign(error, { name: "LoaderError", code: json.code, details: json.details });
  };

  const requireFrom =
    (requires: Record<string, string | ErrorJson>, url: string) =>
    (specifier: string): unknown => {
      const target = Object.hasOwn(requires, specifier) ? requires[specifier] : undefined;
      if (typeof target === "string") return require(target);
      if (target !== undefined) throw loaderError(target);
      const message = `"${specifier}" is not known at load time, so "${url.slice(options.base.length)}" cannot require it`;
      throw loaderError({ code: "ERR_MODULE_NOT_FOUND", message, details: { specifier, referrer: url } });
    };

  const require = (url: string): unknown => {
    if (namespaces.has(url)) return namespaces.get(url);
    const present = instances.get(url);
    if (present !== undefined) return present.exports;
    const definition = definitions.get(url);
    if (definition === undefined && linked.hasModule(url)) return requireModule(url);
    if (definition === undefined)
      throw loaderError({ code: "ERR_MODULE_NOT_FOUND", message: `"${url}" is not part of the program`, details: {} });
    const module = { id: url, filename: url, exports: {} as unknown, loaded: false };
    instances.set(url, module);
    const requirer = runningScript;
    runningScript = url;
    try {
      const needed = definition.needs.map((name) => builtins.globals[name]);
      const folder = url.slice(0, url.lastIndexOf("/"));
      definition.run.call(
        module.exports,
        module.exports,
        requireFrom(definition.requires, url),
        module,
        url,
        folder,
        ...needed,
      );
    } catch (error) {
      // As in Node: a module that threw is run again by the next require.
      instances.delete(url);
      throw error;
    } finally {
      runningScript = requirer;
    }
    module.loaded = true;
    return module.exports;
  };

  /** An ES module of an image: one that runs as a function runs now. */
  const requireModule = (url: string): unknown => {
    linked.evaluate(url);
    provide(url, linked.namespace(url) as Record<string, unknown>);
    return namespaces.get(url);
  };

  /** Node: `require` of an ES module with a default export gives its names with `__esModule` set. */
  const provide = (url: string, namespace: Record<string, unknown>): void => {
    if (!("default" in namespace) || "__esModule" in namespace) {
      namespaces.set(url, namespace);
      return;
    }
    const view = Object.create(null) as Record<string, unknown>;
    for (const name of [...Object.keys(namespace), "__esModule"].toSorted())
      Object.defineProperty(view, name, {
        enumerable: true,
        get: () => (name === "__esModule" ? true : namespace[name]),
      });
    Object.defineProperty(view, Symbol.toStringTag, { value: "Module" });
    namespaces.set(url, view);
  };

  const isObject = (value: unknown): value is Record<string, unknown> =>
    (typeof value === "object" && value !== null) || typeof value === "function";

  /** A package's files are known to the linker, which answers `import.meta.resolve("literal")`; here are only URLs. */
  const resolveUrl = (specifier: string, url: string): string => {
    if (/^\.{0,2}\//.test(specifier) || URL.canParse(specifier)) return new URL(specifier, url).href;
    const message = `import.meta.resolve("${specifier}") must have the specifier of a package as a literal`;
    throw loaderError({ code: "ERR_INVALID_MODULE_SPECIFIER", message, details: { specifier, referrer: url } });
  };

  const defaultOf = (exports: unknown, nodeMode: boolean): unknown => {
    const interop = !nodeMode && isObject(exports) && exports["__esModule"] === true && "default" in exports;
    return interop ? exports["default"] : exports;
  };

  /** What bundlers give: own names as they are at the end of the run, each read when it is used. */
  const createNamespace = (exports: unknown, nodeMode: boolean): object => {
    if (!isObject(exports)) return { default: exports };
    // What inherits a `then`, as a promise does, would be waited for.
    const inherits = typeof exports["then"] !== "function" || Object.hasOwn(exports, "then");
    const namespace = Object.create(inherits ? (Object.getPrototypeOf(exports) as object | null) : null) as object;
    if (nodeMode || exports["__esModule"] !== true)
      Object.defineProperty(namespace, "default", { enumerable: true, value: exports });
    for (const name of Object.getOwnPropertyNames(exports)) {
      if (Object.hasOwn(namespace, name)) continue;
      const enumerable = Object.prototype.propertyIsEnumerable.call(exports, name);
      Object.defineProperty(namespace, name, { enumerable, get: () => exports[name] });
    }
    return namespace;
  };

  const namespaceOf = (url: string, nodeMode: boolean): object => {
    const key = `${url}#${nodeMode}`;
    const known = commonjsNamespaces.get(key);
    if (known !== undefined) return known;
    linked.importCommonjs(url);
    const namespace = createNamespace(require(url), nodeMode);
    commonjsNamespaces.set(key, namespace);
    return namespace;
  };

  /** What has no namespace of the engine's own has it from a linked image, or as `*` of the module it leads to. */
  const importEntry = async (url: string): Promise<{ readonly namespace: unknown }> => {
    const result = linked.result(url);
    if (result !== undefined) return result;
    const loaded = (await options.importUrl(url)) as Record<string, unknown>;
    return { namespace: "*" in loaded ? loaded["*"] : loaded };
  };

  const importNamespace = async (specifier: unknown, referrer: string, type?: string): Promise<unknown> =>
    (await importEntry(await options.importModule(String(specifier), referrer, type))).namespace;

  const importPhase = (phase: string) => (referrer: string) => async (specifier: unknown) =>
    ((await importNamespace(specifier, referrer, phase)) as { default: unknown }).default;

  /** `type` of `{ with: { type: "json" } }`. */
  const typeOf = (given: unknown): string | undefined => {
    const attributes = isObject(given) ? given["with"] : undefined;
    const type = isObject(attributes) ? attributes["type"] : undefined;
    return typeof type === "string" ? type : undefined;
  };

  const readBytes = async (url: string): Promise<Uint8Array<ArrayBuffer>> => {
    const asset = await options.readAsset(url);
    if (asset !== undefined) return asset.bytes;
    throw loaderError({
      code: "ERR_MODULE_NOT_FOUND",
      message: `"${url}" is not part of the program`,
      details: { url },
    });
  };

  const linked = createLinkedRuntime({ require, defaultOf });
  return {
    ...linked,
    ...createWasmRuntime({ base: options.base, readBytes, compiledWasm: options.compiledWasm }),
    ...builtins,
    require,
    runningScript: () => runningScript,
    provide,
    define: (url, requires, needs, run) => {
      definitions.set(url, { requires, needs, run });
    },
    defaultOf,
    namespaceOf,
    need: (exports, name, module, place) => {
      const value = isObject(exports) ? exports[name] : undefined;
      if (value !== undefined || (isObject(exports) && name in exports)) return value;
      const message = `${place} imports "${name}" from "${module}", which does not export it`;
      throw loaderError({ code: "ERR_EXPORT_NOT_FOUND", message, details: { referrer: place } });
    },
    meta: (url) => {
      const known = metas.get(url);
      if (known !== undefined) return known;
      const meta = { url, resolve: (specifier: string): string => resolveUrl(specifier, url) };
      metas.set(url, meta);
      return meta;
    },
    importEntry,
    importFrom: (referrer) => (specifier, given) => importNamespace(specifier, referrer, typeOf(given)),
    sourceFrom: importPhase("source"),
    deferFrom: importPhase("defer"),
    requireFrom,
    fail: (error) => {
      throw loaderError(JSON.parse(error) as ErrorJson);
    },
    bytes: (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
    styleSheet: (text) => options.createStyleSheet(text),
    style: (url, text) => options.addStyle(url, text),
  };
}
