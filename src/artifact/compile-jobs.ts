import { type ErrorJson, isLoaderError, LoaderError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Limits } from "../limits.ts";
import { compileArchive } from "./compile-archive.ts";

/** What a thread is asked to compile. */
export interface CompileRequest {
  readonly archive: Uint8Array<ArrayBuffer>;
  /** `name@version`. */
  readonly key: string;
  readonly limits: Limits;
}

/** What it answers. */
export type CompileAnswer = { readonly artifact: Uint8Array<ArrayBuffer> } | { readonly error: ErrorJson };

/** A thread that answers one request after the other, by `answerCompile`. */
export interface CompileThread {
  /** Rejects where the thread has ended, or never began; then it is asked no more. */
  ask(request: CompileRequest): Promise<CompileAnswer>;
}

type Waiting = (thread: CompileThread) => void;

/**
 * Compiles packages in threads beside the loader's (R112): those that are waiting for a thread take the first that is free. A
 * thread is opened when there is work for it, and kept.
 * @param jobs most threads at a time, at least 1
 */
export function createCompileJobs(jobs: number, open: () => CompileThread): NonNullable<Host["compile"]> {
  const free: CompileThread[] = [];
  const waiting: Waiting[] = [];
  let opened = 0;

  function take(): Promise<CompileThread> | CompileThread {
    const thread = free.pop();
    if (thread !== undefined) return thread;
    if (opened >= Math.max(1, jobs)) return new Promise((resolve) => waiting.push(resolve));
    opened += 1;
    return open();
  }

  function release(thread: CompileThread): void {
    const next = waiting.shift();
    if (next === undefined) free.push(thread);
    else next(thread);
  }

  return async (archive, key, limits) => {
    const thread = await take();
    let answer: CompileAnswer;
    try {
      answer = await thread.ask({ archive, key, limits });
    } catch (cause) {
      // Whoever waits gets another one.
      opened -= 1;
      if (waiting.length > 0) release(await take());
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new LoaderError(
        "ERR_COMPILER_UNAVAILABLE",
        `"${key}" cannot be compiled: ${reason}`,
        { package: key },
        cause,
      );
    }
    release(thread);
    if ("error" in answer) throw LoaderError.fromJSON(answer.error);
    return answer.artifact;
  };
}

/** The thread's side: an error of the loader's is an answer, any other is thrown. */
export async function answerCompile({ archive, key, limits }: CompileRequest): Promise<CompileAnswer> {
  try {
    return { artifact: await compileArchive(archive, key, limits) };
  } catch (error) {
    if (!isLoaderError(error)) throw error;
    return { error: error.toJSON() };
  }
}
