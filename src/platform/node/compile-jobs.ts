import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type CompileAnswer, createCompileJobs, type CompileThread } from "../../artifact/compile-jobs.ts";
import type { Host } from "../../host.ts";

/**
 * Compiles in threads of this process; none of them keeps it from ending.
 * @param jobs most threads at a time
 */
export function createNodeCompile(jobs: number): NonNullable<Host["compile"]> {
  return createCompileJobs(jobs, openThread);
}

function openThread(): CompileThread {
  const isSource = import.meta.url.endsWith(".ts");
  const worker = new Worker(new URL(isSource ? "./compile-thread.ts" : "./compile-thread.js", import.meta.url));
  worker.unref();
  return {
    async ask(request) {
      worker.ref();
      const heard = new AbortController();
      const { signal } = heard;
      const ended = once(worker, "exit", { signal }).then(([code]) => {
        throw new Error(`its thread has ended (${code})`);
      });
      try {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only a window's has one
        worker.postMessage(request);
        const [answer] = (await Promise.race([once(worker, "message", { signal }), ended])) as [CompileAnswer];
        return answer;
      } finally {
        ended.catch(() => undefined);
        heard.abort();
        worker.unref();
      }
    },
  };
}
