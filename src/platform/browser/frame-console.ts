import type { ConsoleEntry, ConsoleValue, RuntimeError } from "./frame-protocol.ts";

/** What reports a program's console and errors. */
export interface FrameConsole {
  /** Puts itself in front of the frame's console. */
  install(send: (entry: ConsoleEntry) => void): void;
  /** What was thrown, with the place that its stack names. */
  describeError(thrown: unknown, fallback?: { file?: string; line?: number; column?: number }): RuntimeError;
}

/** Creates the frame's console. Goes into the frame as text, like the realm's runtime: uses nothing from outside of itself. */
export function createFrameConsole(): FrameConsole {
  const MAX_TEXT = 2_000;
  const MAX_DETAIL = 20_000;
  const MAX_ITEMS = 100;

  const cut = (text: string, limit = MAX_TEXT): string => (text.length > limit ? `${text.slice(0, limit)}…` : text);

  const className = (value: object): string => {
    const prototype: unknown = Object.getPrototypeOf(value);
    const constructor: unknown = prototype === null ? undefined : (prototype as { constructor?: unknown }).constructor;
    return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
  };

  const primitive = (value: unknown): ConsoleValue | undefined => {
    if (value === null) return { kind: "null", text: "null" };
    switch (typeof value) {
      case "undefined":
        return { kind: "undefined", text: "undefined" };
      case "string":
        return {
          kind: "string",
          text: cut(value),
          ...(value.length > MAX_TEXT ? { detail: cut(value, MAX_DETAIL) } : {}),
        };
      case "number":
        return { kind: "number", text: Object.is(value, -0) ? "-0" : String(value) };
      case "boolean":
        return { kind: "boolean", text: String(value) };
      case "bigint":
        return { kind: "bigint", text: `${value}n` };
      case "symbol":
        return { kind: "symbol", text: String(value) };
      case "function":
        return {
          kind: "function",
          text: `ƒ ${value.name || "anonymous"}`,
          detail: cut(Function.prototype.toString.call(value), MAX_DETAIL),
        };
      default:
        return undefined;
    }
  };

  /** A value inside another one; getters are not run. */
  const inline = (value: unknown, depth: number, seen: Set<unknown>, pad: string): string => {
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

  const preview = (value: unknown): ConsoleValue => {
    const simple = primitive(value);
    if (simple !== undefined) return simple;
    try {
      if (value instanceof Error)
        return { kind: "error", text: cut(`${value.name}: ${value.message}`), detail: cut(stackOf(value), MAX_DETAIL) };
      if (typeof Element !== "undefined" && value instanceof Element) {
        return { kind: "element", text: elementText(value), detail: cut(value.outerHTML, MAX_DETAIL) };
      }
      const kind = Array.isArray(value) ? "array" : "object";
      return {
        kind,
        text: cut(inline(value, 2, new Set(), "")),
        detail: cut(inline(value, 4, new Set(), "  "), MAX_DETAIL),
      };
    } catch {
      // A Proxy or a hostile getter may throw from anywhere; the program's own log call must not.
      return { kind: "object", text: "[cannot be shown]" };
    }
  };

  /** `console.log("%s is %d", …)` and the style directives, which are dropped. */
  const format = (values: unknown[]): ConsoleValue[] => {
    const [first, ...rest] = values;
    if (typeof first !== "string" || !/%[sdifoOc]/.test(first)) return values.map(preview);
    const text = first.replace(/%([sdifoOc%])/g, (whole, directive: string) => {
      if (directive === "%") return "%";
      if (rest.length === 0) return whole;
      const value = rest.shift();
      if (directive === "c") return "";
      if (directive === "d" || directive === "i") return String(Math.trunc(Number(value)));
      return directive === "f" ? String(Number(value)) : typeof value === "string" ? value : preview(value).text;
    });
    return [{ kind: "string", text: cut(text) }, ...rest.map(preview)];
  };

  const stackOf = (error: Error): string => {
    const stack = typeof error.stack === "string" ? error.stack : `${error.name}: ${error.message}`;
    const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : "";
    return stack + cause;
  };

  const counts = new Map<string, number>();
  const timers = new Map<string, number>();

  return {
    install(send) {
      const native = { ...console };
      const forward = (level: ConsoleEntry["level"], values: unknown[]): void =>
        send({ level, values: format(values) });
      for (const level of ["log", "info", "warn", "error", "debug"] as const) {
        console[level] = (...values: unknown[]): void => {
          native[level](...values);
          forward(level, values);
        };
      }
      console.dir = (value: unknown) => forward("log", [value]);
      console.dirxml = (...values: unknown[]) => forward("log", values);
      console.table = (data: unknown) => {
        send({ level: "table", values: [preview(data)] });
      };
      console.clear = () => send({ level: "clear", values: [] });
      console.group = (...values: unknown[]) => forward("log", values);
      console.groupCollapsed = (...values: unknown[]) => forward("log", values);
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
    describeError(thrown, fallback = {}) {
      if (!(thrown instanceof Error)) return { message: `Uncaught ${preview(thrown).text}`, ...fallback };
      const stack = stackOf(thrown);
      const frame = /(?:\(|at |@)((?:https?|data|blob):[^\s()]*?):(\d+):(\d+)\)?/.exec(stack);
      const place =
        fallback.file !== undefined || frame === null
          ? fallback
          : { file: frame[1] ?? "", line: Number(frame[2]), column: Number(frame[3]) };
      const json = (thrown as { code?: unknown; details?: unknown }).code;
      const raised = thrown.name === "LoaderError" && typeof json === "string";
      const details = (thrown as { details?: Record<string, unknown> }).details ?? {};
      const error = raised
        ? {
            error: { code: json, stage: "run", message: thrown.message, details } as unknown as NonNullable<
              RuntimeError["error"]
            >,
          }
        : {};
      return { message: `${thrown.name}: ${thrown.message}`, stack, ...place, ...error };
    },
  };
}
