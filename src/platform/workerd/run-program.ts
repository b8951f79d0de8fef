import { isLoaderError, LoaderError } from "../../errors.ts";
import type { Program } from "../../loader.ts";
import { sha256Hex } from "../../verify/digest.ts";
import { assertImages, createIsolateCode, PROGRAM_ENTRYPOINT } from "./isolate-code.ts";
import { THROWN_HEADER } from "./isolate-responder.ts";
import { RUNTIME_MODULE } from "./isolate-parts.ts";
import { COMPATIBILITY_DATE, COMPATIBILITY_FLAGS } from "./isolate-settings.ts";
import type { GateProps } from "./network-gate.ts";
import { locateStack, programError, type ThrownJson } from "./program-error.ts";

/** How a program is run. */
export interface RunOptions {
  /** The Worker Loader binding. */
  readonly loader: WorkerLoader;
  /** What a loader with `ISOLATE_OPTIONS` has loaded. */
  readonly program: Program;
  /** The program's `env`: plain data, and stubs where there is a `scope`. Default none. */
  readonly bindings?: Readonly<Record<string, unknown>>;
  /** Origins that the program may reach, and the gate that they are reached through. Default: no network at all. */
  readonly network?: {
    readonly origins: readonly string[];
    /** `ctx.exports.NetworkGate` of the worker that runs the program. */
    gate(options: { props: GateProps }): Fetcher;
  };
  /** Of each request, where the platform holds programs to them; local workerd does not. Default the platform's. */
  readonly limits?: {
    /** Milliseconds of computing. */
    readonly cpuMs?: number;
    /** Requests that one request may make. */
    readonly subRequests?: number;
  };
  /** Names of exported classes that `entrypoint` gives. Default none. */
  readonly entrypoints?: readonly string[];
  /** Tells apart those who may not share an isolate although they run the same program: a tenant. Default `""`. */
  readonly scope?: string;
  /** Default that of this loader, `COMPATIBILITY_DATE`. */
  readonly compatibilityDate?: string;
}

/** A program in an isolate of its own; it may be kept from one request to others. */
export interface RunningProgram {
  /** SHA-256 of the image and of all else that decides what it does: what has the same id shares an isolate. */
  readonly id: string;
  /**
   * Gives the answer of the program's default export.
   * @throws LoaderError ERR_EVALUATION_FAILED, its cause what the program threw, places in its stack those of the files
   * that somebody wrote; ERR_NO_FETCH_HANDLER, and what linked code throws
   */
  fetch(request: Request): Promise<Response>;
  /** A stub of an exported class, or of the default export, for calls by RPC. Errors are the platform's. */
  entrypoint(name?: string): Fetcher;
}

/**
 * Runs a locked program in an isolate: the platform's Worker Loader starts it at the first request, and keeps it as long as
 * it sees fit. It has the bindings that it is given and no others, and no network unless it is granted.
 * @throws LoaderError ERR_ISOLATE_CONFIGURATION; ERR_EVALUATE_UNAVAILABLE for what workers cannot run
 */
export async function runProgram(options: RunOptions): Promise<RunningProgram> {
  assertOptions(options);
  const id = await isolateId(options);
  // A stub belongs to the request in which it was got; who keeps a running program uses it in others too.
  const worker = (): WorkerStub => options.loader.get(id, () => createCode(options, id));
  return {
    id,
    fetch: (request) => answer(request, worker().getEntrypoint(PROGRAM_ENTRYPOINT), id, options.program),
    entrypoint: (name) => worker().getEntrypoint(name),
  };
}

async function createCode(options: RunOptions, id: string): Promise<WorkerLoaderWorkerCode> {
  const { program, bindings = {}, network, limits, entrypoints = [] } = options;
  const code = await createIsolateCode(program, { mark: id, entrypoints });
  return {
    ...code,
    compatibilityDate: options.compatibilityDate ?? COMPATIBILITY_DATE,
    compatibilityFlags: [...COMPATIBILITY_FLAGS],
    env: bindings,
    globalOutbound: network === undefined ? null : network.gate({ props: { origins: network.origins, program: id } }),
    ...(limits === undefined ? {} : { limits }),
  };
}

async function answer(request: Request, worker: Fetcher, id: string, program: Program): Promise<Response> {
  let response: Response;
  try {
    response = await worker.fetch(request);
  } catch (error) {
    throw await platformError(error, program);
  }
  if (response.headers.get(THROWN_HEADER) !== id) return response;
  throw await programError(await response.json<ThrownJson>(), program);
}

/** The isolate could not be started, or was ended: what that says may name places. */
async function platformError(error: unknown, program: Program): Promise<LoaderError> {
  // What making its code threw comes through the platform, without its class.
  if (isLoaderError(error)) return new LoaderError(error.code, error.message, error.details, error);
  const message = await locateStack(error instanceof Error ? error.message : String(error), program);
  return new LoaderError("ERR_EVALUATION_FAILED", `The program cannot run: ${message}`, {}, error);
}

/** Everything that decides what an isolate does. */
async function isolateId(options: RunOptions): Promise<string> {
  const { program, bindings = {}, network, limits = {}, entrypoints = [], scope = "" } = options;
  const { image, lockfile } = program;
  const settings = {
    compatibility: [options.compatibilityDate ?? COMPATIBILITY_DATE, ...COMPATIBILITY_FLAGS],
    bindings: isPlain(bindings) ? bindings : Object.keys(bindings),
    origins: network?.origins ?? null,
    limits,
    entrypoints,
    scope,
  };
  return sha256Hex(
    new Uint8Array(new TextEncoder().encode(JSON.stringify([RUNTIME_MODULE, image, lockfile, settings]))),
  );
}

function assertOptions({ program, bindings = {}, entrypoints = [], scope = "" }: RunOptions): void {
  if (program.image.ahead === undefined) {
    const hint = "load it with createLoader(host, { ...ISOLATE_OPTIONS, … })";
    throw new LoaderError("ERR_ISOLATE_CONFIGURATION", "The program was not linked for an isolate", { hint });
  }
  assertImages(program);
  if (scope === "" && !isPlain(bindings)) {
    const message =
      "Bindings that are more than data are somebody's: an isolate that others could share must not have them";
    throw new LoaderError("ERR_ISOLATE_CONFIGURATION", message, { hint: "say whose they are with `scope`" });
  }
  const wrong = entrypoints.find((name) => !/^[A-Za-z_$][\w$]*$/.test(name) || name === PROGRAM_ENTRYPOINT);
  if (wrong !== undefined)
    throw new LoaderError("ERR_ISOLATE_CONFIGURATION", `"${wrong}" cannot be the name of an entrypoint`);
}

/** Whether JSON can tell a value from any other. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
  return Object.values(value).every(isPlain);
}
