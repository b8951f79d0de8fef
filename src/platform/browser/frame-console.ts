import type { ConsoleEntry, ConsoleValue, RuntimeError } from "./frame-protocol.ts";

/** What reports a program's console and errors. */
export interface FrameConsole {
  /** Puts itself in front of the frame's console. */
  install(send: (entry: ConsoleEntry) => void): void;
  /** What was thrown; `noticed` is where the browser says it was. */
  describeError(thrown: unknown, noticed?: { file?: string; line?: number; column?: number }): RuntimeError;
}

/** Creates the frame's console. Goes into the frame as text, like the realm's runtime: uses nothing from outside of itself. */
export function createFrameConsole(): FrameConsole {
  const MAX_TEXT = 2_000;
  const MAX_DETAIL = 20_000;
  const MAX_ITEMS = 100;
  const MAX_CAUSES = 10;
  /** Values inside one that is logged: arrays in arrays multiply. */
  const MAX_NODES = 5_000;
  let nodes = 0;

  const cut = (text: string, limit = MAX_TEXT): string => (text.length > limit ? `${text.slice(0, limit)}…` : text);

  /** What a program hands over may throw whenever it is touched. */
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };

  const isError = (value: unknown): value is Error => attempt(() => value instanceof Error) === true;

  const className = (value: object): string => {
    const prototype: unknown = Object.getPrototypeOf(value);
    const constructor: unknown = prototype === null ? undefined : (prototype as { constructor?: unknown }).constructor;
    return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
  };

  const primitive = (value: unknown): ConsoleValue | undefined => {
    if (value === null) return { kind: "null", text: "null" };
    if (value === undefined) return { kind: "undefined", text: "undefined" };
    if (typeof value === "object") return undefined;
    if (typeof value === "function") {
      const name = typeof value.name === "string" && value.name !== "" ? value.name : "anonymous";
      return { kind: "function", text: `ƒ ${name}`, detail: cut(Function.prototype.toString.call(value), MAX_DETAIL) };
    }
    const text = Object.is(value, -0) ? "-0" : (value as string | symbol).toString();
    const detail = typeof value === "string" && text.length > MAX_TEXT ? { detail: cut(text, MAX_DETAIL) } : {};
    return { kind: typeof value, text: typeof value === "bigint" ? `${text}n` : cut(text), ...detail };
  };

  /** A value inside another one; getters are not run. */
  const inline = (value: unknown, depth: number, seen: Set<unknown>, pad: string): string => {
    nodes += 1;
    if (nodes > MAX_NODES) return "…";
    const simple = primitive(value);
    if (simple !== undefined) return simple.kind === "string" ? JSON.stringify(simple.text) : simple.text;
    const object = value as object;
    if (seen.has(object)) return "[Circular]";
    if (object instanceof Error) return `${object.name}: ${object.message}`;
    if (object instanceof Date) return Number.isNaN(object.getTime()) ? "Invalid Date" : object.toISOString();
    if (object instanceof RegExp) return String(object);
    if (typeof Element !== "undefined" && object instanceof Element) return elementText(object);
    if (depth === 0) return Array.isArray(object) ? `Array(${object.length})` : `${className(object)} {…}`;
    const inner = new Set(seen).add(object);
    const items = entriesOf(object).map(([key, item]) => {
      const shown = item === GETTER ? "(…)" : inline(item, depth - 1, inner, pad === "" ? "" : `${pad}  `);
      return key === "" ? shown : `${key}: ${shown}`;
    });
    const [open, close] = Array.isArray(object) || ArrayBuffer.isView(object) ? ["[", "]"] : ["{", "}"];
    const name = className(object);
    const label = name === "Object" || name === "Array" ? "" : `${name} `;
    if (items.length === 0) return `${label}${open}${close}`;
    if (pad === "") return `${label}${open} ${items.join(", ")} ${close}`;
    return `${label}${open}\n${items.map((item) => `${pad}${item},`).join("\n")}\n${pad.slice(2)}${close}`;
  };

  const GETTER = Symbol("getter");

  const entriesOf = (object: object): [string, unknown][] => {
    if (object instanceof Map)
      return [...object].slice(0, MAX_ITEMS).map(([key, value]) => [inline(key, 0, new Set(), ""), value]);
    if (object instanceof Set) return [...object].slice(0, MAX_ITEMS).map((value) => ["", value]);
    const isList = Array.isArray(object) || ArrayBuffer.isView(object);
    const keys = isList
      ? Object.keys(object)
      : Reflect.ownKeys(object).filter((key) => Object.prototype.propertyIsEnumerable.call(object, key));
    const entries = keys.slice(0, MAX_ITEMS).map((key): [string, unknown] => {
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      const value: unknown = descriptor === undefined || "value" in descriptor ? descriptor?.value : GETTER;
      return [isList ? "" : String(key), value];
    });
    if (keys.length > MAX_ITEMS) entries.push(["", Symbol(`${keys.length - MAX_ITEMS} more`)]);
    return entries;
  };

  const elementText = (element: Element): string => {
    const shell = element.cloneNode(false) as Element;
    return cut(shell.outerHTML, 300);
  };

  const preview = (value: unknown): ConsoleValue =>
    attempt(() => show(value)) ?? { kind: "object", text: "[cannot be shown]" };

  const show = (value: unknown): ConsoleValue => {
    const simple = primitive(value);
    if (simple !== undefined) return simple;
    if (value instanceof Error) return { kind: "error", text: titleOf(value), detail: cut(stackOf(value), MAX_DETAIL) };
    if (typeof Element !== "undefined" && value instanceof Element)
      return { kind: "element", text: elementText(value), detail: cut(value.outerHTML, MAX_DETAIL) };
    nodes = 0;
    const text = cut(inline(value, 2, new Set(), ""));
    nodes = 0;
    const detail = cut(inline(value, 4, new Set(), "  "), MAX_DETAIL);
    return { kind: Array.isArray(value) ? "array" : "object", text, detail };
  };

  /** `console.log("%s is %d", …)` and the style directives, which are dropped. */
  const format = ([first, ...rest]: unknown[]): ConsoleValue[] => {
    if (typeof first !== "string" || !/%[sdifoOc]/.test(first)) return [first, ...rest].map(preview);
    const text = first.replace(/%([sdifoOc%])/g, (whole, directive: string) => {
      if (directive === "%") return "%";
      if (rest.length === 0) return whole;
      const value = rest.shift();
      if (directive === "c") return "";
      if (directive === "d" || directive === "i") return String(Math.trunc(numberOf(value)));
      return directive === "f" ? String(numberOf(value)) : typeof value === "string" ? value : preview(value).text;
    });
    return [{ kind: "string", text: cut(text) }, ...rest.map(preview)];
  };

  const numberOf = (value: unknown): number => attempt(() => Number(value)) ?? Number.NaN;

  const titleOf = (error: Error): string => {
    const text = (read: () => unknown): string | undefined => attempt(() => String(read()));
    return cut(`${text(() => error.name) ?? "Error"}: ${text(() => error.message) ?? ""}`, MAX_DETAIL);
  };

  /** The stacks of an error and its causes, which may go round in a circle. */
  const stackOf = (error: Error): string => {
    const seen = new Map<unknown, string>();
    for (let at: unknown = error; isError(at) && !seen.has(at) && seen.size < MAX_CAUSES;) {
      const current: Error = at;
      const stack: unknown = attempt(() => current.stack);
      seen.set(current, typeof stack === "string" ? stack : titleOf(current));
      at = attempt(() => current.cause);
    }
    return [...seen.values()].join("\nCaused by: ");
  };

  /** The loader's own errors say more; what of it cannot be sent stays here. */
  const loaderErrorOf = (thrown: Error): Pick<RuntimeError, "error"> => {
    const { name, code, details = {} } = thrown as { name: unknown; code?: unknown; details?: unknown };
    if (name !== "LoaderError" || typeof code !== "string") return {};
    const json: unknown = JSON.parse(JSON.stringify({ code, stage: "run", message: thrown.message, details }));
    return { error: json as NonNullable<RuntimeError["error"]> };
  };

  const counts = new Map<string, number>();
  const timers = new Map<string, number>();

  return {
    install(send) {
      const native = { ...console };
      const forward = (level: ConsoleEntry["level"], values: unknown[]): void =>
        send({ level, values: attempt(() => format(values)) ?? values.map(preview) });
      for (const level of ["log", "info", "warn", "error", "debug"] as const) {
        console[level] = (...values: unknown[]): void => {
          native[level](...values);
          forward(level, values);
        };
      }
      for (const shown of ["dirxml", "group", "groupCollapsed"] as const)
        console[shown] = (...values: unknown[]) => forward("log", values);
      console.dir = (value: unknown) => forward("log", [value]);
      console.table = (data: unknown) => {
        send({ level: "table", values: [preview(data)] });
      };
      console.clear = () => send({ level: "clear", values: [] });
      console.trace = (...values: unknown[]) => forward("log", [...values, new Error("trace")]);
      console.assert = (condition?: unknown, ...values: unknown[]) => {
        if (!condition) forward("error", ["Assertion failed", ...values]);
      };
      console.count = (label = "default") => {
        counts.set(label, (counts.get(label) ?? 0) + 1);
        forward("log", [`${label}: ${counts.get(label)}`]);
      };
      console.time = (label = "default") => {
        timers.set(label, performance.now());
      };
      console.timeEnd = (label = "default") => {
        forward("log", [`${label}: ${(performance.now() - (timers.get(label) ?? performance.now())).toFixed(1)} ms`]);
      };
    },
    describeError(thrown, noticed = {}) {
      if (!isError(thrown)) return { message: `Uncaught ${preview(thrown).text}`, ...noticed };
      const own = attempt(() => loaderErrorOf(thrown)) ?? {};
      return { message: titleOf(thrown), stack: cut(stackOf(thrown), MAX_DETAIL), ...noticed, ...own };
    },
  };
}
