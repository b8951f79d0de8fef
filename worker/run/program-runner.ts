import { LoaderError } from "../../src/errors.ts";
import type { Host } from "../../src/host.ts";
import { createLoader } from "../../src/loader.ts";
import { ISOLATE_OPTIONS } from "../../src/platform/workerd/isolate-settings.ts";
import { runProgram, type RunOptions } from "../../src/platform/workerd/run-program.ts";
import { type ProgramAnswer, readAnswer } from "./run-answer.ts";
import type { RunRequest } from "./run-request.ts";

/** What `POST /run` answers with. */
export interface RunResult {
  /** Of the isolate: the same for the same program. */
  readonly id: string;
  /** Text of the lockfile that describes exactly what ran. */
  readonly lockfile: string;
  readonly response: ProgramAnswer;
  /** Milliseconds, until the program was linked and until it had answered. */
  readonly times: { readonly load: number; readonly answer: number };
}

/** What runs programs for the edge. */
export interface RunnerPorts {
  readonly host: Host;
  /** Base URL of the registry, ends with `/`. */
  readonly registry: string;
  readonly isolates: WorkerLoader;
  readonly limits: NonNullable<RunOptions["limits"]>;
}

export type ProgramRunner = (wanted: RunRequest, origin: string) => Promise<RunResult>;

/** Milliseconds that a program may take to answer. */
const PATIENCE = 10_000;

/** Makes what loads programs, and asks them; they have neither bindings nor the network. */
export function createProgramRunner({ host, registry, isolates, limits }: RunnerPorts): ProgramRunner {
  return async ({ files, entry, lockfile, mode, request }, origin) => {
    const start = host.now();
    // The addresses of the program's files are this edge's own, where debuggers find those of packages. Callers' programs
    // are not kept: the list of them would be one key of KV that every run writes.
    const settings = { registry, base: `${origin}/~/`, keepMetadata: true, keepLinked: "nothing" } as const;
    // Of this request alone: what one loader's loads have in common are promises, and workerd ends who waits for another request's.
    const loader = createLoader(host, { ...ISOLATE_OPTIONS, ...settings });
    const options = { ...(lockfile === undefined ? {} : { lockfile }), ...(mode === undefined ? {} : { mode }) };
    const program = await loader.load({ files, entry }, options);
    const linked = host.now();
    const running = await runProgram({ loader: isolates, program, limits });
    const { method, path, headers, body = null } = request;
    const asked = new Request(origin + path, { method, headers, body });
    const response = await inTime(host, async () => readAnswer(await running.fetch(asked)));
    const times = { load: linked - start, answer: host.now() - linked };
    return { id: running.id, lockfile: program.lockfile, response, times };
  };
}

async function inTime<Result>(host: Host, work: () => Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const late = host.delay(PATIENCE, over.signal).then(() => {
    throw new LoaderError("ERR_EVALUATION_FAILED", `The program did not answer within ${PATIENCE} ms`);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}
