import { createHash } from "node:crypto";
import { builtinModules } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import type { Host } from "../../host.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../store/memory-store.ts";
import { createNodeCompile } from "./compile-jobs.ts";
import { evaluateInNode } from "./evaluate.ts";
import { createFolderByteStore, createFolderRecordStore } from "./folder-store.ts";

/** WebCrypto hands every buffer to another thread, which takes longer than most of them need. */
export function nodeSha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * A host in Node (22.15 or later, for `module.registerHooks`): code runs in this process.
 * @param options `cache`: folder that objects are kept in, for other processes too. Default: they are kept in memory. `jobs`: threads
 * that compile packages. Default 0: this one does
 */
export function createNodeHost({
  cache,
  jobs = 0,
}: { readonly cache?: string | undefined; readonly jobs?: number | undefined } = {}): Host {
  return {
    ...(jobs > 0 && { compile: createNodeCompile(jobs) }),
    name: "node",
    fetch: (url, init) => fetch(url, init),
    bytes: cache === undefined ? createMemoryByteStore() : createFolderByteStore(cache),
    records: cache === undefined ? createMemoryRecordStore() : createFolderRecordStore(cache),
    now: () => performance.now(),
    delay: async (ms, signal) => {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    },
    sha256: nodeSha256,
    builtins: new Set(builtinModules.map((name) => name.replace(/^node:/, ""))),
    evaluate: evaluateInNode,
  };
}
