import type { BuiltinParts, Members } from "./builtin-realm.ts";

/** `console`: the realm's own, whose methods may be those of a prototype. */
export const consoleParts: BuiltinParts = (_, { global }) => {
  const own = global.console as unknown as Members;
  const names =
    "assert clear context count countReset createTask debug dir dirxml error group groupCollapsed groupEnd info log " +
    "profile profileEnd table time timeEnd timeLog timeStamp trace warn";
  return Object.fromEntries(names.split(" ").flatMap((name) => (name in own ? [[name, own[name]]] : [])));
};

/** `perf_hooks`: what browsers call `performance`. */
export const performanceParts: BuiltinParts = (_, { global }) => ({
  Performance: global["Performance"],
  PerformanceEntry: global["PerformanceEntry"],
  PerformanceMark: global["PerformanceMark"],
  PerformanceMeasure: global["PerformanceMeasure"],
  PerformanceObserver: global["PerformanceObserver"],
  PerformanceObserverEntryList: global["PerformanceObserverEntryList"],
  PerformanceResourceTiming: global["PerformanceResourceTiming"],
  performance: global.performance,
  constants: {},
});

/** `stream/web`: the web's streams. */
export const webStreamParts: BuiltinParts = (_, { global }) => ({
  ByteLengthQueuingStrategy: global["ByteLengthQueuingStrategy"],
  CompressionStream: global["CompressionStream"],
  CountQueuingStrategy: global["CountQueuingStrategy"],
  DecompressionStream: global["DecompressionStream"],
  ReadableByteStreamController: global["ReadableByteStreamController"],
  ReadableStream: global["ReadableStream"],
  ReadableStreamBYOBReader: global["ReadableStreamBYOBReader"],
  ReadableStreamBYOBRequest: global["ReadableStreamBYOBRequest"],
  ReadableStreamDefaultController: global["ReadableStreamDefaultController"],
  ReadableStreamDefaultReader: global["ReadableStreamDefaultReader"],
  TextDecoderStream: global["TextDecoderStream"],
  TextEncoderStream: global["TextEncoderStream"],
  TransformStream: global["TransformStream"],
  TransformStreamDefaultController: global["TransformStreamDefaultController"],
  WritableStream: global["WritableStream"],
  WritableStreamDefaultController: global["WritableStreamDefaultController"],
  WritableStreamDefaultWriter: global["WritableStreamDefaultWriter"],
});

/** `worker_threads`: every realm is a main thread; its channels are the web's. */
export const workerParts: BuiltinParts = (_, { global }) => ({
  BroadcastChannel: global["BroadcastChannel"],
  MessageChannel: global["MessageChannel"],
  MessagePort: global["MessagePort"],
  SHARE_ENV: Symbol.for("nodejs.worker_threads.SHARE_ENV"),
  isInternalThread: false,
  isMainThread: true,
  locks: (global.navigator as { locks?: unknown } | undefined)?.locks,
  parentPort: null,
  resourceLimits: {},
  threadId: 0,
  threadName: "",
  workerData: null,
});

/** `process` itself, the one that modules see as a free name. */
export const processParts: BuiltinParts = (_, { globals }) => globals["process"] as Members;
