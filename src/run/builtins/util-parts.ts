import type { BuiltinParts, Members } from "./builtin-realm.ts";

interface Inspect {
  (value: unknown, options?: unknown): string;
  readonly colors: Readonly<Record<string, readonly [number, number]>>;
}

/** `util`: Node's own `inspect` in the place of the package's, which knows no class, map, symbol or bigint, and what is missing. */
export const utilParts: BuiltinParts = (polyfill, { global, require }) => {
  const inspector = require("internal/util/inspect");
  const inspect = inspector["inspect"] as Inspect;
  const custom = Symbol.for("nodejs.util.promisify.custom");

  type Original = ((...values: unknown[]) => unknown) & { [custom]?: unknown };
  const promisifyCallback = polyfill["promisify"] as (original: unknown) => unknown;
  const promisify = (original: Original): unknown => {
    if (typeof original?.[custom] === "function") return original[custom];
    if (original !== (global.setTimeout as unknown)) return promisifyCallback(original);
    return (delay: number, value: unknown) => new Promise((resolve) => global.setTimeout(resolve, delay, value));
  };

  const styleText = (format: string | readonly string[], text: string): string => {
    const codes = [format].flat().map((name) => {
      const code = inspect.colors[name];
      if (code !== undefined) return code;
      throw Object.assign(new TypeError(`"${name}" is no format of inspect.colors`), { code: "ERR_INVALID_ARG_VALUE" });
    });
    return codes.reduceRight((styled, [open, close]) => `\u001B[${open}m${styled}\u001B[${close}m`, text);
  };

  const tagOf = (value: object): string => Object.prototype.toString.call(value);
  const entriesEqual = (a: object, b: object, seen: Map<object, object>): boolean => {
    if (a instanceof Map && b instanceof Map)
      return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isEqual(value, b.get(key), seen));
    if (a instanceof Set && b instanceof Set)
      return (
        a.size === b.size && [...a].every((item) => b.has(item) || [...b].some((other) => isEqual(item, other, seen)))
      );
    if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b) && a.lastIndex === b.lastIndex;
    if (a instanceof Error && b instanceof Error) return a.message === b.message && a.name === b.name;
    // Dates and boxed primitives.
    const [left, right]: unknown[] = [a.valueOf(), b.valueOf()];
    return typeof left === "object" || Object.is(left, right);
  };
  /** As `assert.deepStrictEqual` compares. */
  const isEqual = (a: unknown, b: unknown, seen: Map<object, object>): boolean => {
    if (Object.is(a, b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    if (seen.get(a) === b) return true;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b) || tagOf(a) !== tagOf(b)) return false;
    seen.set(a, b);
    const own = (value: object): PropertyKey[] =>
      Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
    const keys = own(a);
    if (keys.length !== own(b).length || (Array.isArray(a) && a.length !== (b as unknown[]).length)) return false;
    const sameKeys = keys.every((key) => Object.hasOwn(b, key) && isEqual((a as never)[key], (b as never)[key], seen));
    return sameKeys && entriesEqual(a, b, seen);
  };

  return {
    TextDecoder,
    TextEncoder,
    aborted: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      }),
    debug: polyfill["debuglog"],
    format: inspector["format"],
    formatWithOptions: inspector["formatWithOptions"],
    inspect,
    isDeepStrictEqual: (a: unknown, b: unknown) => isEqual(a, b, new Map()),
    promisify: Object.assign(promisify, { custom }),
    stripVTControlCharacters: inspector["stripVTControlCharacters"],
    styleText,
    toUSVString: (text: unknown) => String(text).toWellFormed(),
  } satisfies Members;
};
