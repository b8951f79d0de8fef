/// <reference lib="webworker" />
import { isLoaderError } from "../src/errors.ts";
import { createLoader, type Program } from "../src/loader.ts";
import { createBrowserHost } from "../src/platform/browser/host.ts";
import { parseLockfile } from "../src/resolve/lockfile.ts";
import type { CallName, LoaderCalls, LoaderRequest, LoaderResponse } from "./loader-messages.ts";
import { PROGRAM_BASE } from "./program-base.ts";

const { origin } = location;

const loader = createLoader(createBrowserHost(), {
  registry: `${origin}/npm/`,
  urlProxy: `${origin}/url?href=`,
  base: PROGRAM_BASE,
  onEvent: (event) => reply({ kind: "event", event }),
});

/** Programs that the page may still ask about, by the id of the call that loaded them. */
const programs = new Map<number, Program>();
const cancellers = new Map<number, AbortController>();

type Answer<Name extends CallName> = Promise<LoaderCalls[Name]["answer"]>;

const calls: {
  [Name in CallName]: (request: LoaderCalls[Name]["request"], id: number, signal: AbortSignal) => Answer<Name>;
} = {
  async load({ project, options }, id, signal) {
    const program = await loader.load(project, { ...options, signal });
    programs.set(id, program);
    return { image: program.image, lockfile: program.lockfile, packages: program.packages };
  },
  async importModule(request) {
    const program = programOf(request.program);
    const part = await program.importModule(request.specifier, request.referrer);
    return { part, lockfile: program.lockfile, packages: program.packages };
  },
  async readAsset(request) {
    return { asset: await programOf(request.program).readAsset(request.url) };
  },
  async locate(request) {
    return { text: await programOf(request.program).locate(request.text) };
  },
  async checkLockfile({ text }) {
    return { packages: Object.keys(parseLockfile(text).packages).length };
  },
};

function programOf(id: number): Program {
  const program = programs.get(id);
  if (program === undefined) throw new Error(`program ${id} has been released`);
  return program;
}

function reply(response: LoaderResponse): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only a window's has one
  self.postMessage(response);
}

async function answer<Name extends CallName>(
  name: Name,
  request: LoaderCalls[Name]["request"],
  id: number,
): Promise<void> {
  const canceller = new AbortController();
  cancellers.set(id, canceller);
  try {
    reply({ kind: "answer", id, answer: await calls[name](request, id, canceller.signal) });
  } catch (error) {
    if (canceller.signal.aborted) reply({ kind: "aborted", id });
    else if (isLoaderError(error)) reply({ kind: "failed", id, error: error.toJSON() });
    else
      reply({ kind: "crashed", id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    cancellers.delete(id);
  }
}

self.addEventListener("message", ({ data }: MessageEvent<LoaderRequest>) => {
  if (data.kind === "call") void answer(data.call.name, data.call.request, data.id);
  else if (data.kind === "cancel") cancellers.get(data.id)?.abort();
  else programs.delete(data.program);
});
