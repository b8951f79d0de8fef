import type { BuiltinParts, Members } from "./builtin-realm.ts";

/** `util/types`: what a value is, by what its built-in class alone can do, or by its tag. */
export const typeParts: BuiltinParts = () => {
  type Test = (value: unknown) => boolean;
  const isObject: Test = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
  const tagOf = (value: unknown): string => (isObject(value) ? Object.prototype.toString.call(value).slice(8, -1) : "");
  const hasTag =
    (...tags: string[]): Test =>
    (value) =>
      tags.includes(tagOf(value));
  /** `read` throws for anything else. */
  const can =
    (read: (value: never) => unknown): Test =>
    (value) => {
      if (!isObject(value)) return false;
      try {
        read(value as never);
        return true;
      } catch {
        return false;
      }
    };
  const getter = (prototype: object, name: PropertyKey): ((value: unknown) => unknown) => {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    return (value) => descriptor?.get?.call(value) as unknown;
  };
  const arrayName = getter(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag);
  const members: Members = {};
  const arrays = "BigInt64 BigUint64 Float16 Float32 Float64 Int16 Int32 Int8 Uint16 Uint32 Uint8 Uint8Clamped".split(
    " ",
  );
  for (const name of arrays) members[`is${name}Array`] = (value: unknown) => arrayName(value) === `${name}Array`;
  const isArrayBuffer = can(getter(ArrayBuffer.prototype, "byteLength"));
  // Not every page may share memory.
  const isSharedArrayBuffer =
    typeof SharedArrayBuffer === "undefined" ? () => false : can(getter(SharedArrayBuffer.prototype, "byteLength"));
  const boxed = {
    isBigIntObject: can((value) => BigInt.prototype.valueOf.call(value)),
    isBooleanObject: can((value) => Boolean.prototype.valueOf.call(value)),
    isNumberObject: can((value) => Number.prototype.valueOf.call(value)),
    isStringObject: can((value) => String.prototype.valueOf.call(value)),
    isSymbolObject: can((value) => Symbol.prototype.valueOf.call(value)),
  };
  return {
    ...members,
    ...boxed,
    isAnyArrayBuffer: (value: unknown) => isArrayBuffer(value) || isSharedArrayBuffer(value),
    isArgumentsObject: hasTag("Arguments"),
    isArrayBuffer,
    isArrayBufferView: (value: unknown) => ArrayBuffer.isView(value),
    isAsyncFunction: hasTag("AsyncFunction", "AsyncGeneratorFunction"),
    isBoxedPrimitive: (value: unknown) => Object.values(boxed).some((test) => test(value)),
    isCryptoKey: hasTag("CryptoKey"),
    isDataView: (value: unknown) => ArrayBuffer.isView(value) && arrayName(value) === undefined,
    isDate: can((value) => Date.prototype.getTime.call(value)),
    isExternal: () => false,
    isGeneratorFunction: hasTag("GeneratorFunction", "AsyncGeneratorFunction"),
    isGeneratorObject: hasTag("Generator", "AsyncGenerator"),
    isKeyObject: (value: unknown) =>
      (value as { constructor?: { name?: unknown } } | null)?.constructor?.name === "KeyObject",
    isMap: can((value) => Map.prototype.has.call(value, 0)),
    isMapIterator: hasTag("Map Iterator"),
    isModuleNamespaceObject: hasTag("Module"),
    isNativeError: (value: unknown) => value instanceof Error || tagOf(value) === "Error",
    isPromise: hasTag("Promise"),
    isProxy: () => false,
    isRegExp: hasTag("RegExp"),
    isSet: can((value) => Set.prototype.has.call(value, 0)),
    isSetIterator: hasTag("Set Iterator"),
    isSharedArrayBuffer,
    isTypedArray: (value: unknown) => arrayName(value) !== undefined,
    isWeakMap: can((value) => WeakMap.prototype.has.call(value, {})),
    isWeakSet: can((value) => WeakSet.prototype.has.call(value, {})),
  } satisfies Members;
};
