import { types } from "node:util";

/** Depth to which values inside of values are shown. */
const DEPTH = 3;

/** What went wrong with an import. `refused`: Node fails where the standards do not ask for it, or because of a bug. */
type Failure = "missing" | "link" | "parse" | "refused";

/** Error codes of the loader, and of Node, as what went wrong with the import. */
const CODES: Readonly<Record<string, Failure>> = {
  ERR_MODULE_NOT_FOUND: "missing",
  MODULE_NOT_FOUND: "missing",
  ERR_PACKAGE_NOT_FOUND: "missing",
  ERR_EXPORT_NOT_FOUND: "link",
  ERR_AMBIGUOUS_EXPORT: "link",
  ERR_SOURCE_PARSE: "parse",
  ERR_INTERNAL_ASSERTION: "refused",
  ERR_REQUIRE_CYCLE_MODULE: "refused",
  ERR_REQUIRE_ASYNC_MODULE: "refused",
};

/** How engines say that modules do not link. */
const LINK_MESSAGE =
  /does not provide an export named|contains conflicting star exports|Detected cycle while resolving name/;

/**
 * Text of a value that is equal where a program cannot tell two values apart by anything but the source text of
 * functions: types, primitive values, names and lengths of functions, own keys in order, what prototypes are.
 */
export function describe(value: unknown, depth: number = DEPTH): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "function":
      return describeFunction(value, depth);
    case "object":
      return value === null ? "null" : describeObject(value, depth);
    default:
      return String(value);
  }
}

/** What a program threw: the kind of an import that failed, the class of an engine's error, all of anything else. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return describe(error);
  const kind = failureOf(error);
  if (kind !== undefined) return kind;
  // Engines name variables in their messages, and a linker may rename those: only the programs' own messages are compared.
  return error.message.startsWith("E ") ? `${error.name}(${error.message})` : error.name;
}

/** What is wrong with an import, if that is what the error says. */
export function failureOf(error: Error): Failure | undefined {
  const code: unknown = "code" in error ? error.code : undefined;
  if (code === "ERR_EVALUATION_FAILED" && error.cause instanceof Error) return failureOf(error.cause);
  if (typeof code === "string" && Object.hasOwn(CODES, code)) return CODES[code];
  return error instanceof SyntaxError && LINK_MESSAGE.test(error.message) ? "link" : undefined;
}

function describeFunction(value: Function, depth: number): string {
  const source = Function.prototype.toString.call(value);
  const kind = source.startsWith("class") ? "class" : "function";
  if (depth === 0) return kind;
  if (source.endsWith("{ [native code] }")) return `native ${describeProperty(value, "name", 1)}`;
  const own = Reflect.ownKeys(value).filter(
    (key) => !["length", "name", "prototype", "arguments", "caller"].includes(String(key)),
  );
  const name = describeProperty(value, "name", depth);
  const shown = [`${kind} ${name}/${describeProperty(value, "length", depth)}`];
  if (own.length > 0) shown.push(braces(own.map((key) => describeOwn(value, key, depth))));
  if (kind === "class") {
    const prototype: unknown = value.prototype;
    const methods = typeof prototype === "object" && prototype !== null ? Reflect.ownKeys(prototype) : [];
    if (methods.length > 1) shown.push(`#${methods.map(String).join(",")}`);
  }
  return shown.join("");
}

function describeObject(value: object, depth: number): string {
  if (value instanceof Error) return describeError(value);
  if (value instanceof Promise) return "Promise";
  const prototype: unknown = Object.getPrototypeOf(value);
  if (value === globalThis) return "globalThis";
  if (depth === 0) return "{…}";
  if (Array.isArray(value)) return `[${value.map((item) => describe(item, depth - 1)).join(", ")}]`;
  if (value instanceof RegExp) return `RegExp ${value.source}`;
  // Node's own name for the whole of a CommonJS module.
  const keys = Reflect.ownKeys(value).filter((key) => key !== "module.exports");
  return `${prefixOf(prototype)}${braces(keys.map((key) => describeOwn(value, key, depth)))}`;
}

function prefixOf(prototype: unknown): string {
  // Node puts a proxy behind the exports of a module that is required while it runs.
  if (prototype === Object.prototype || (types.isProxy(prototype) && !isNamespace(prototype as object))) return "";
  if (typeof prototype !== "object" || prototype === null) return "null-proto";
  const descriptor = Object.getOwnPropertyDescriptor(prototype, "constructor");
  const made: unknown = descriptor?.value;
  return typeof made === "function" ? `${describeProperty(made, "name", 1)} ` : "other-proto ";
}

function describeOwn(value: object, key: PropertyKey, depth: number): string {
  return `${String(key)}: ${describeProperty(value, key, depth)}`;
}

/** A read may throw: a binding in its temporal dead zone, a getter. */
function describeProperty(value: object, key: PropertyKey, depth: number): string {
  try {
    return describe(Reflect.get(value, key), depth - 1);
  } catch (error) {
    return `!${describeError(error)}`;
  }
}

function braces(items: readonly string[]): string {
  return `{${items.join(", ")}}`;
}

function isNamespace(value: object): boolean {
  return Reflect.get(value, Symbol.toStringTag) === "Module";
}
