const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** Globals whose mere mention does nothing: every realm has them, or code that mentions them takes that for granted. */
export const PURE_GLOBALS: ReadonlySet<string> = new Set(
  words(`
    undefined NaN Infinity globalThis
    Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date FinalizationRegistry
    Float16Array Float32Array Float64Array Function Int16Array Int32Array Int8Array Intl Iterator JSON Map Math Number
    Object Promise Proxy Reflect RegExp Set SharedArrayBuffer String Symbol Uint16Array Uint32Array Uint8Array
    Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly
    AggregateError Error EvalError RangeError ReferenceError SyntaxError TypeError URIError
    decodeURI decodeURIComponent encodeURI encodeURIComponent escape isFinite isNaN parseFloat parseInt unescape
    AbortController AbortSignal Blob BroadcastChannel CompressionStream CryptoKey CustomEvent DOMException
    DecompressionStream Event EventTarget File FormData Headers MessageChannel MessageEvent MessagePort
    ReadableStream Request Response TextDecoder TextEncoder TransformStream URL URLSearchParams WritableStream
    clearInterval clearTimeout console queueMicrotask setInterval setTimeout structuredClone
    Audio CSSStyleSheet CustomElementRegistry Document DocumentFragment DOMParser DOMRect Element HTMLElement Image
    IntersectionObserver KeyboardEvent MouseEvent MutationObserver Node NodeList OffscreenCanvas Option PointerEvent
    ResizeObserver SVGElement ShadowRoot Text UIEvent WebSocket Worker XMLHttpRequest
    atob btoa cancelAnimationFrame customElements document fetch history location matchMedia navigator performance
    postMessage requestAnimationFrame screen self window
  `),
);

const OBJECT_STATICS = `assign create defineProperties defineProperty entries freeze fromEntries
  getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getOwnPropertySymbols getPrototypeOf groupBy
  hasOwn is isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values`;
const MATH_CONSTANTS = "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2";
const MATH_FUNCTIONS = `abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot
  imul log log10 log1p log2 max min pow round sign sin sinh sqrt tan tanh trunc`;
const NUMBER_CONSTANTS =
  "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY";

/** Properties of those globals whose mere mention does nothing either. */
export const PURE_MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    Array: "from fromAsync isArray of prototype",
    ArrayBuffer: "isView prototype",
    BigInt: "asIntN asUintN",
    Date: "UTC now parse prototype",
    Error: "captureStackTrace prototype",
    Function: "prototype",
    JSON: "parse stringify",
    Map: "groupBy prototype",
    Math: `${MATH_CONSTANTS} ${MATH_FUNCTIONS} random`,
    Number: `${NUMBER_CONSTANTS} isFinite isInteger isNaN isSafeInteger parseFloat parseInt prototype`,
    Object: `${OBJECT_STATICS} prototype`,
    Promise: "all allSettled any prototype race reject resolve",
    Reflect: `apply construct defineProperty deleteProperty get getOwnPropertyDescriptor getPrototypeOf has isExtensible
      ownKeys preventExtensions set setPrototypeOf`,
    RegExp: "prototype",
    Set: "prototype",
    String: "fromCharCode fromCodePoint prototype raw",
    Symbol: `asyncDispose asyncIterator dispose for hasInstance isConcatSpreadable iterator keyFor match matchAll
      replace search species split toPrimitive toStringTag unscopables prototype`,
    console: "assert debug dir error group groupEnd info log table time timeEnd trace warn",
  }).map(([name, members]) => [name, new Set(words(members))]),
);

/** Methods of the prototypes above that are often taken for themselves. */
export const PURE_METHODS: ReadonlySet<string> = new Set(
  words(`hasOwnProperty isPrototypeOf propertyIsEnumerable toString valueOf
    call apply bind concat forEach indexOf join map pop push reduce reverse shift slice sort splice unshift
    charCodeAt codePointAt replace split toLowerCase toUpperCase trim exec test`),
);

/** `Math.PI` and its kin: numbers. */
export const NUMERIC_MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["Math", new Set(words(MATH_CONSTANTS))],
  ["Number", new Set(words(NUMBER_CONSTANTS))],
]);

/** Functions of `Math`: numbers in, a number out, and nothing else. */
export const NUMERIC_FUNCTIONS: ReadonlySet<string> = new Set(words(MATH_FUNCTIONS));
