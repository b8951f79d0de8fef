import {
  answerCompile,
  type CompileAnswer,
  type CompileRequest,
  createCompileJobs,
  type CompileThread,
} from "../../artifact/compile-jobs.ts";
import type { Host } from "../../host.ts";

/**
 * Compiles in workers: `createBrowserHost({ compile: createCompileWorkers(4, () => new Worker(url, { type: "module" })) })`, where the
 * script at `url` calls `serveCompile()`.
 * @param jobs most workers at a time
 */
export function createCompileWorkers(jobs: number, open: () => Worker): NonNullable<Host["compile"]> {
  return createCompileJobs(jobs, () => threadOf(open()));
}

function threadOf(worker: Worker): CompileThread {
  return {
    ask: (request) =>
      new Promise<CompileAnswer>((resolve, reject) => {
        const heard = new AbortController();
        const { signal } = heard;
        const end = (settle: () => void): void => {
          heard.abort();
          settle();
        };
        worker.addEventListener("message", ({ data }) => end(() => resolve(data)), { signal });
        worker.addEventListener(
          "error",
          ({ message }) => {
            worker.terminate();
            end(() => reject(new Error(message === "" ? "its worker cannot be loaded" : message)));
          },
          { signal },
        );
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only a window's has one
        worker.postMessage(request);
      }),
  };
}

/** In a worker: compiles what `createCompileWorkers` asks for. */
export function serveCompile(): void {
  addEventListener("message", ({ data }: MessageEvent<CompileRequest>) => {
    void answerCompile(data).then((answer) =>
      postMessage(answer, { transfer: "artifact" in answer ? [answer.artifact.buffer] : [] }),
    );
  });
}
