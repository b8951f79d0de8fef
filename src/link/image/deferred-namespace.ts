import type { LinkedModule } from "../linked-module.ts";
import { quote } from "./splice-module.ts";

/**
 * Statement that teaches a realm to make namespaces of `import defer`: symbols, and `then`, are looked up without running
 * anything, so nobody takes one for a promise; everything else runs the module first. Part of the images that need it, so
 * that others do not carry it; outside of the scope of their modules, which may have a `Proxy` of their own.
 */
export const DEFERRED_NAMESPACES = `__raya.adopt("defer", (key, run) => {
const target = Object.create(null, { [Symbol.toStringTag]: { value: "Deferred Module" } });
const holder = (name) => typeof name === "symbol" || name === "then" ? target : run();
const names = () => Reflect.ownKeys(run()).filter((name) => typeof name === "string" && name !== "then");
const describe = (name) => {
const found = Reflect.getOwnPropertyDescriptor(holder(name), name);
return found && typeof name === "string" ? { ...found, configurable: true } : found;
};
const made = new Proxy(target, {
get: (_, name) => Reflect.get(holder(name), name),
has: (_, name) => Reflect.has(holder(name), name),
ownKeys: () => [...names(), Symbol.toStringTag],
getOwnPropertyDescriptor: (_, name) => describe(name),
set: () => false,
defineProperty: () => false,
deleteProperty: (_, name) => !Reflect.has(holder(name), name),
});
__raya.adopt(key, made);
return made;
});
`;

/** An expression for the deferred namespace of a module, one in a realm. */
export function deferredNamespace({ url, record: { format } }: LinkedModule, nodeMode: boolean): string {
  const key = quote(`${url}#defer-${nodeMode}`);
  const isNative = format === "esm" || format === "wasm";
  const run = isNative
    ? `(__raya.evaluate(${quote(url)}), __raya.namespace(${quote(url)}))`
    : `__raya.namespaceOf(${quote(url)}, ${nodeMode})`;
  return `__raya.namespace(${key}) ?? __raya.namespace("defer")(${key}, () => ${run})`;
}
