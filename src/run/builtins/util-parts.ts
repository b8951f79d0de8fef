import type { BuiltinParts, Members } from "./builtin-realm.ts";

interface Inspect {
  (value: unknown, options?: unknown): string;
  readonly colors: Readonly<Record<string, readonly [number, number]>>;
}

/**
 * `util`: Node's own `inspect` and `format` as a package has them, and the rest. The package `util` prints no map, class,
 * symbol or bigint, and needs thirty-three others.
 */
export const utilParts: BuiltinParts = (_, { global, globals, require }) => {
  const inspector = require("internal/util/inspect");
  const inspect = inspector["inspect"] as Inspect;
  const format = inspector["format"] as (...values: unknown[]) => string;
  const custom = Symbol.for("nodejs.util.promisify.custom");

  type Run = (this: unknown, ...values: unknown[]) => unknown;
  const assertFunction = (value: unknown, name: string): void => {
    if (typeof value === "function") return;
    const error = new TypeError(`The "${name}" argument must be of type function. Received ${inspect(value)}`);
    throw Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
  };
  /** With the properties of what it stands for, as Node's have. */
  const dressed = (run: Run, original: Run): Run =>
    Object.defineProperties(
      Object.setPrototypeOf(run, Object.getPrototypeOf(original) as object) as Run,
      Object.getOwnPropertyDescriptors(original),
    );

  const promisify = (original: Run & { [custom]?: unknown }): unknown => {
    assertFunction(original, "original");
    if (typeof original[custom] === "function") return original[custom];
    if (original === (global.setTimeout as unknown))
      return (delay: number, value: unknown) => new Promise((resolve) => global.setTimeout(resolve, delay, value));
    if (original === globals["setImmediate"])
      return (value: unknown) => new Promise((resolve) => original.call(undefined, resolve, value));
    const promising = function (this: unknown, ...values: unknown[]): Promise<unknown> {
      return new Promise((resolve, reject) => {
        original.call(this, ...values, (error: unknown, value: unknown) => (error ? reject(error) : resolve(value)));
      });
    };
    return dressed(Object.assign(promising, { [custom]: promising }), original);
  };

  const callbackify = (original: (...values: unknown[]) => Promise<unknown>): Run => {
    assertFunction(original, "original");
    const calling = function (this: unknown, ...values: unknown[]): void {
      const callback = values.pop() as (error: unknown, value?: unknown) => void;
      assertFunction(callback, "last argument");
      const later = (error: unknown, value?: unknown): void => queueMicrotask(() => callback.call(this, error, value));
      original.apply(this, values).then(
        (value) => later(null, value),
        (reason: unknown) =>
          later(reason ?? Object.assign(new Error("Promise was rejected with a falsy value"), { reason })),
      );
    };
    return Object.defineProperty(calling, "name", { value: `${original.name}Callbackified` });
  };

  const deprecate = (run: Run, message: string, code?: string): Run => {
    let warned = false;
    const deprecated = function (this: unknown, ...values: unknown[]): unknown {
      if (!warned) console.warn(`DeprecationWarning:${code === undefined ? "" : ` [${code}]`} ${message}`);
      warned = true;
      return new.target === undefined
        ? run.apply(this, values)
        : (Reflect.construct(run, values, new.target) as unknown);
    };
    return dressed(deprecated, run);
  };

  /** Sections are those of the program's own `process.env.NODE_DEBUG`. */
  const debuglog = (section: string): object => {
    const { env } = globals["process"] as { env: Record<string, string | undefined> };
    const isEnabled = (): boolean => (env["NODE_DEBUG"] ?? "").toUpperCase().split(",").includes(section.toUpperCase());
    const log = (...values: unknown[]): void => {
      if (isEnabled()) console.error(`${section.toUpperCase()}: ${format(...values)}`);
    };
    return Object.defineProperty(log, "enabled", { get: isEnabled });
  };

  const inherits = (child: { prototype: object; super_?: unknown }, parent: { prototype: object }): void => {
    child.super_ = parent;
    Object.setPrototypeOf(child.prototype, parent.prototype);
  };

  const styleText = (style: string | readonly string[], text: string): string => {
    const codes = [style].flat().map((name) => {
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

  /** What Node 23 has removed and old packages ask for. */
  const tests = {
    isBoolean: (value: unknown) => typeof value === "boolean",
    isBuffer: (value: unknown) => (value as { _isBuffer?: unknown } | null)?._isBuffer === true,
    isDate: (value: unknown) => value instanceof Date,
    isError: (value: unknown) => value instanceof Error,
    isFunction: (value: unknown) => typeof value === "function",
    isNull: (value: unknown) => value === null,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isNumber: (value: unknown) => typeof value === "number",
    isObject: (value: unknown) => typeof value === "object" && value !== null,
    isPrimitive: (value: unknown) => Object(value) !== value,
    isRegExp: (value: unknown) => value instanceof RegExp,
    isString: (value: unknown) => typeof value === "string",
    isSymbol: (value: unknown) => typeof value === "symbol",
    isUndefined: (value: unknown) => value === undefined,
  };
  return {
    ...tests,
    TextDecoder,
    TextEncoder,
    _extend: (target: object, source: object | null) => Object.assign(target, source),
    aborted: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      }),
    callbackify,
    debug: debuglog,
    debuglog,
    deprecate,
    format,
    formatWithOptions: inspector["formatWithOptions"],
    inherits,
    inspect,
    isArray: Array.isArray,
    isDeepStrictEqual: (a: unknown, b: unknown) => isEqual(a, b, new Map()),
    log: (...values: unknown[]) => console.log(`${new Date().toTimeString().slice(0, 8)} - ${format(...values)}`),
    promisify: Object.assign(promisify, { custom }),
    stripVTControlCharacters: inspector["stripVTControlCharacters"],
    styleText,
    toUSVString: (text: unknown) => String(text).toWellFormed(),
    types: require("util/types"),
  } satisfies Members;
};
