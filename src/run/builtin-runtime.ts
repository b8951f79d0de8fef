import type { ErrorJson } from "../errors.ts";
import type { BuiltinParts, Members } from "./builtins/builtin-realm.ts";
import type { NodeGlobals } from "./node-globals.ts";

/** What is known of a module of Node when a program is linked. */
export interface BuiltinDescription {
  /** Without `node:`. */
  readonly name: string;
  /** The specifier of the package that it is made of. */
  readonly polyfill?: string;
  /** Names of functions that throw when they are called, separated by spaces. */
  readonly unavailable?: string;
  /** Those functions give promises that reject. */
  readonly rejects?: boolean;
  /** Who imports it: `name@version`, a file, a URL; only where something is unavailable. */
  readonly importer?: string;
  /** From the project's file to the importer. */
  readonly chain?: readonly string[];
}

/** A realm's part for modules of Node. */
export interface BuiltinRuntime {
  /** Free names that browsers lack: `process`, `global`, `setImmediate`, `clearImmediate`, `Buffer`. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Exports of a module of Node that the realm does not have: of its polyfill, and what is added to it. */
  createBuiltin(
    description: BuiltinDescription,
    require: (specifier: string) => unknown,
    parts?: BuiltinParts,
  ): unknown;
  /** Exports of a module of Node that the realm has itself. */
  nativeBuiltin(name: string): unknown;
}

/** What it needs of its realm. */
export interface BuiltinRuntimeOptions {
  readonly mode: string;
  /** Prefix of module URLs, ends with `/`. */
  readonly base: string;
  /** Runs a CommonJS module once and gives its `module.exports`. */
  require(url: string): unknown;
  /** Modules of Node, where the realm has them. */
  readonly nativeBuiltin?: (name: string) => unknown;
}

/** Creates it. Reaches realms as text, so it uses nothing from outside of itself and its parameters. */
export function createBuiltinRuntime(
  options: BuiltinRuntimeOptions,
  createNodeGlobals: (mode: string, fail: (member: string) => never) => NodeGlobals,
): BuiltinRuntime {
  const unavailableError = (member: string, why: string, details: ErrorJson["details"]): Error =>
    Object.assign(new Error(`"${member}" is not available outside of Node${why}`), {
      name: "LoaderError",
      code: "ERR_BUILTIN_UNAVAILABLE" satisfies ErrorJson["code"],
      details,
    });

  const createGlobals = () => ({
    ...createNodeGlobals(options.mode, (member) => {
      throw unavailableError(`process.${member}`, "", { specifier: "node:process", member });
    }),
    /** A program in which a module names it brings the module `node:buffer`. */
    get Buffer(): unknown {
      return (options.require(`${options.base}node:buffer`) as Members)["Buffer"];
    },
  });
  const globals: Members = options.nativeBuiltin === undefined ? createGlobals() : globalThis;

  const describeError = ({ name, importer = "", chain = [] }: BuiltinDescription, member: string): Error => {
    const way = chain.length > 1 ? ` (${chain.join(" → ")})` : "";
    const details = { specifier: `node:${name}`, member, package: importer, chain };
    return unavailableError(`${name}.${member}`, `: "${importer}" imports "${name}"${way}`, details);
  };

  /** An ordinary function: code may extend it, inherit from its prototype, and wrap it while it loads. */
  const createUnavailable = (description: BuiltinDescription, member: string): (() => never) => {
    const unavailable = function (): never {
      const error = describeError(description, member);
      if (description.rejects === true) return Promise.reject(error) as never;
      throw error;
    };
    return Object.defineProperty(unavailable, "name", { value: member });
  };

  const isObject = (value: unknown): value is Members =>
    (typeof value === "object" && value !== null) || typeof value === "function";

  return {
    globals,
    createBuiltin: (description, require, parts) => {
      const { polyfill, unavailable = "" } = description;
      const base = polyfill === undefined ? undefined : require(polyfill);
      const added = parts?.(isObject(base) ? base : {}, {
        global: globalThis,
        base: options.base,
        globals,
        require: (name) => require(`node:${name}`) as Members,
        unavailable: (member) => createUnavailable({ ...description, rejects: false }, member),
      });
      const exports = isObject(base) ? base : (added ?? {});
      if (exports !== added) Object.assign(exports, added);
      for (const name of unavailable.split(" "))
        if (name !== "" && !(name in exports)) exports[name] = createUnavailable(description, name);
      return exports;
    },
    nativeBuiltin: (name) => options.nativeBuiltin?.(name),
  };
}
