/**
 * Sloppy code of an isolate stands in a CommonJS module of workerd, the only place where it may: what it is a function in
 * has the names of such modules in a scope of the `with` kind, where every free name is looked up anew, at 250 ns each.
 * These, which nobody replaces, are parameters instead; the names of CommonJS are hidden.
 */
const HIDDEN = ["exports", "require", "module", "__filename", "__dirname"];
const INTRINSICS =
  "Array ArrayBuffer BigInt Boolean DataView Error Function Infinity JSON Map Math NaN Number Object RangeError Reflect " +
  "RegExp Set String Symbol SyntaxError TypeError Uint16Array Uint32Array Uint8Array WeakMap decodeURIComponent " +
  "encodeURIComponent isFinite isNaN parseFloat parseInt undefined";

/** What `code`, a text that registers CommonJS modules, has before it. */
export function sloppyModuleStart(code: string): string {
  const words = new Set(code.match(/\b[A-Za-z]\w+\b/g));
  const used = INTRINSICS.split(" ").filter((name) => words.has(name));
  const values = used.map((name) => `${name} = globalThis.${name}`);
  return `((__raya, ${[...HIDDEN.map((name) => `${name} = void 0`), ...values].join(", ")}) => {`;
}

/** What it has behind it. */
export const SLOPPY_MODULE_END = "})(globalThis.__raya);";
