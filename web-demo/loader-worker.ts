/// <reference lib="webworker" />
import { isLoaderError } from "../src/errors.ts";
import { createLoader, type Program } from "../src/loader.ts";
import { createBrowserHost } from "../src/platform/browser/host.ts";
import type { RealmServices } from "../src/run/image.ts";
import { readLock } from "../src/lock/read-lock.ts";
import type { CallName, LoaderCalls, LoaderRequest, LoaderResponse } from "./loader-messages.ts";
import { PROGRAM_BASE } from "./program-base.ts";

const { origin } = location;

const loader = createLoader(createBrowserHost(), {
  registry: `${origin}/npm/`,
  edge: `${origin}/`,
  urlProxy: `${origin}/url?href=`,
  base: PROGRAM_BASE,
  sourceMaps: true,
  onEvent: (event) => reply({ kind: "event", event }),
});

/** A realm of a program: the page's, or a worker's. */
interface ProgramRealm {
  readonly program: Program;
  readonly services: RealmServices;
}

/** Realms that may still ask, by the id of the call that made them. */
const realms = new Map<number, ProgramRealm>();
const cancellers = new Map<number, AbortController>();

type Answer<Name extends CallName> = Promise<LoaderCalls[Name]["answer"]>;

const calls: {
  [Name in CallName]: (request: LoaderCalls[Name]["request"], id: number, signal: AbortSignal) => Answer<Name>;
} = {
  async load({ project, options }, id, signal) {
    const program = await loader.load(project, { ...options, signal });
    realms.set(id, { program, services: program });
    return { image: program.image, lockfile: program.lockfile, packages: program.packages };
  },
  async importModule(request) {
    const { program, services } = realmOf(request.program);
    const part = await services.importModule(request.specifier, request.referrer, request.type);
    return { part, lockfile: program.lockfile, packages: program.packages };
  },
  async linkWorker(request, id) {
    const { program, services } = realmOf(request.program);
    const worker = await services.linkWorker(request.script);
    realms.set(id, { program, services: worker });
    const { image, scripts } = worker;
    return { image, scripts, lockfile: program.lockfile, packages: program.packages };
  },
  async readAsset(request) {
    return { asset: await realmOf(request.program).services.readAsset(request.url) };
  },
  async locate(request) {
    return { text: await realmOf(request.program).services.locate(request.text) };
  },
  async checkLockfile({ text }) {
    return { packages: Object.keys(readLock(text).packages).length };
  },
};

function realmOf(id: number): ProgramRealm {
  const realm = realms.get(id);
  if (realm === undefined) throw new Error(`program ${id} has been released`);
  return realm;
}

/** Forgets a program with the workers it has made. */
function release(id: number): void {
  const program = realms.get(id)?.program;
  for (const [key, realm] of realms) if (realm.program === program) realms.delete(key);
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
  else release(data.program);
});
