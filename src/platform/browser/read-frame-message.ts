import { isErrorJson } from "../../errors.ts";
import type { WorkerScript } from "../../run/image.ts";
import type { ConsoleEntry, ConsoleValue, FrameMessage, RuntimeError } from "./frame-protocol.ts";

/** Values of one entry, and characters of one text: more than the frame itself ever sends. */
const MAX_VALUES = 1_000;
const MAX_TEXT = 30_000;

const LEVELS: readonly unknown[] = ["log", "info", "warn", "error", "debug", "table", "clear"];
const KINDS: readonly unknown[] =
  "string number boolean null undefined symbol bigint function error object array element".split(" ");

/**
 * Reads what came from a frame. A program shares its realm with the code that speaks for it, so it can send anything;
 * what is no message is undefined, what is too long is cut.
 */
export function readFrameMessage(data: unknown): FrameMessage | undefined {
  if (!isObject(data)) return undefined;
  const { type, id } = data;
  if (type === "evaluated" || type === "left") return { type };
  if (type === "error" || type === "failed") return { type, error: readError(data["error"]) };
  if (type === "console") {
    const entry = data["entry"];
    return isEntry(entry) ? { type, entry: { level: entry.level, values: readValues(entry.values) } } : undefined;
  }
  if (type === "worker") {
    const script = readScript(data["script"]);
    return script && { type, script };
  }
  if (typeof id !== "number") return undefined;
  const { specifier, referrer, attribute, url } = data;
  if (type === "import" && typeof specifier === "string" && typeof referrer === "string")
    return { type, id, specifier, referrer, attribute: typeof attribute === "string" ? attribute : undefined };
  return type === "asset" && typeof url === "string" ? { type, id, url } : undefined;
}

function readScript(value: unknown): WorkerScript | undefined {
  if (!isObject(value)) return undefined;
  const { url, type, text } = value;
  if (typeof url !== "string" || (type !== "classic" && type !== "module")) return undefined;
  return { url, type, ...(typeof text === "string" ? { text } : {}) };
}

function isEntry(value: unknown): value is { level: ConsoleEntry["level"]; values: unknown[] } {
  return isObject(value) && LEVELS.includes(value["level"]) && Array.isArray(value["values"]);
}

function readValues(values: readonly unknown[]): ConsoleValue[] {
  return values
    .slice(0, MAX_VALUES)
    .filter(isValue)
    .map(({ kind, text, detail }) =>
      typeof detail === "string" ? { kind, text: cut(text), detail: cut(detail) } : { kind, text: cut(text) },
    );
}

function isValue(value: unknown): value is { kind: ConsoleValue["kind"]; text: string; detail?: unknown } {
  return isObject(value) && KINDS.includes(value["kind"]) && typeof value["text"] === "string";
}

function readError(value: unknown): RuntimeError {
  const { message, stack, file, line, column, error } = isObject(value) ? value : {};
  return {
    message: typeof message === "string" ? cut(message) : "The program failed and did not say why",
    ...(typeof stack === "string" ? { stack: cut(stack) } : {}),
    ...(typeof file === "string" ? { file: cut(file) } : {}),
    ...(typeof line === "number" ? { line } : {}),
    ...(typeof column === "number" ? { column } : {}),
    ...(isErrorJson(error) ? { error } : {}),
  };
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
