import type { TestProgram } from "../program.ts";
import { createFailedImages, type FailedImages } from "./failed-images.ts";

/** How many calls a program may make whose recursion is bounded. */
const CALLS = 2000;

/** What programs call that have been rewritten for a listed cause. */
export interface ModelGlobals {
  __images: FailedImages;
  /** What a class shall extend, or `Object` where it cannot. */
  __heritage(value: unknown): unknown;
  /** The engine's, whatever a module calls so. */
  __TypeError: typeof TypeError;
  /** Makes what a function mentions needed. */
  __need(mention: () => unknown): void;
  /** Counts calls. */
  __called(): void;
}

export function createModelGlobals({ imports }: Pick<TestProgram, "imports">): ModelGlobals {
  let calls = 0;
  return {
    __images: createFailedImages(imports ?? {}),
    __heritage: (value) => (value === null || canBeExtended(value) ? value : Object),
    __TypeError: TypeError,
    __need: () => undefined,
    __called: () => {
      if (calls++ > CALLS) throw new Error("E calls");
    },
  };
}

function canBeExtended(value: unknown): boolean {
  try {
    Reflect.construct(Object, [], value as new () => unknown);
    const prototype: unknown = (value as { readonly prototype?: unknown }).prototype;
    return prototype === null || typeof prototype === "object" || typeof prototype === "function";
  } catch {
    return false;
  }
}
