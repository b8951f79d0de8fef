import { createHash } from "node:crypto";
import { builtinModules } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import type { Host } from "../../host.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../store/memory-store.ts";
import { evaluateInNode } from "./evaluate.ts";

/** WebCrypto hands every buffer to another thread, which takes longer than most of them need. */
export function nodeSha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A host in Node (22.15 or later, for `module.registerHooks`): objects are kept in memory, code runs in this process. */
export function createNodeHost(): Host {
  return {
    name: "node",
    fetch: (url, init) => fetch(url, init),
    bytes: createMemoryByteStore(),
    records: createMemoryRecordStore(),
    now: () => performance.now(),
    delay: async (ms, signal) => {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    },
    sha256: nodeSha256,
    builtins: new Set(builtinModules.map((name) => name.replace(/^node:/, ""))),
    evaluate: evaluateInNode,
  };
}
