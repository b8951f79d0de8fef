import { createBuiltinRuntime } from "../../run/builtin-runtime.ts";
import { createLinkedRuntime } from "../../run/linked-runtime.ts";
import type { NodeGlobals } from "../../run/node-globals.ts";
import { createRealmRuntime } from "../../run/realm-runtime.ts";
import { createWasmRuntime } from "../../run/wasm-runtime.ts";
import { answerFiles } from "./answer-files.ts";
import { startIsolate } from "./isolate-main.ts";
import { createIsolateRealm } from "./isolate-realm.ts";
import { createResponder } from "./isolate-responder.ts";
import { useCompiledWasm } from "./use-compiled-wasm.ts";
import { fingerprint } from "./wasm-fingerprint.ts";

/** Functions that isolates get as text: they share no modules with who starts them. */
const ISOLATE_PARTS = {
  createRealmRuntime,
  createLinkedRuntime,
  createWasmRuntime,
  createBuiltinRuntime,
  /** Names of Node are the isolate's own. */
  createNodeGlobals: (): NodeGlobals => globalThis as unknown as NodeGlobals,
  createIsolateRealm,
  createResponder,
  answerFiles,
  useCompiledWasm,
  fingerprint,
};

export type IsolateParts = typeof ISOLATE_PARTS;

/** Shown in stacks for calls of the runtime, which are nobody's. */
export const RUNTIME_NAME = "raya-isolate.js";

/** Bundlers that keep names put calls of a function of theirs into functions; what it is called shows in this one. */
const NAMED = String(function outer() {
  function inner(): void {}
  return inner;
});
const KEEPS_NAMES = /([\w$]+)\([\w$]+, ?"inner"\)/.exec(NAMED)?.[1];

/** A module that exports `start`. */
export const RUNTIME_MODULE = [
  KEEPS_NAMES === undefined ? "" : `const ${KEEPS_NAMES} = (target) => target;`,
  `const parts = { ${Object.entries(ISOLATE_PARTS)
    .map(([name, part]) => `${name}: ${String(part)}`)
    .join(", ")} };`,
  `const startIsolate = ${String(startIsolate)};`,
  "export const start = (program, mark) => startIsolate(parts, program, mark);",
  `//# sourceURL=${RUNTIME_NAME}`,
].join("\n");
