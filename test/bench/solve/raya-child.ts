import { readFileSync } from "node:fs";
import { createLimits } from "../../../src/limits.ts";
import { printLock } from "../../../src/lock/print-lock.ts";
import { createNodeHost } from "../../../src/platform/node/host.ts";
import { readManifests } from "../../../src/project/read-project-state.ts";
import { solveLock } from "../../../src/project/solve-lock.ts";
import { fetchMetadataAhead } from "../../../src/solve/fetch-metadata-ahead.ts";
import type { SolveContext } from "../../../src/solve/gather-metadata.ts";
import { readMetadataText, VersionNotSent } from "../../../src/solve/metadata-text.ts";
import type { PackageMetadata } from "../../../src/solve/reduce-metadata.ts";

// Started by `raya-start.ts` with an <input.json>: makes a project's lock, several times, and says how long each took.

/** What the child is told. */
export interface ChildInput {
  readonly files: Readonly<Record<string, string>>;
  /** Ends with `/`. */
  readonly registry: string;
  /**
   * Where metadata is: `edge`: nowhere yet, it is asked for; `kept`: in this file, as a store has it; `memory`: the same,
   * read into objects beforehand.
   */
  readonly from: "edge" | "kept" | "memory";
  readonly kept: string;
  readonly rounds: number;
}

/** What it says. */
export interface ChildOutput {
  /** From the texts of the manifests to the text of the lock, milliseconds, the first of the process first. */
  readonly ms: readonly number[];
  readonly lock: string;
}

const input = JSON.parse(readFileSync(process.argv[3] ?? "", "utf8")) as ChildInput;
const kept = input.from === "edge" ? undefined : readFileSync(input.kept);
const inHand = input.from === "memory" && kept !== undefined ? readAll(kept) : undefined;
// What is in hand has been there for a while.
globalThis.gc?.();
void measure();

async function measure(): Promise<void> {
  const ms: number[] = [];
  let lock = "";
  for (let round = 0; round < input.rounds; round++) {
    const started = performance.now();
    lock = await makeLock();
    ms.push(performance.now() - started);
  }
  console.log(JSON.stringify({ ms, lock } satisfies ChildOutput));
}

async function makeLock(): Promise<string> {
  const project = readManifests(new Map(Object.entries(input.files)));
  const options = { now: Date.now(), minimumReleaseAge: 0 };
  const solved = await solveLock({ project, registries: [input.registry] }, createContext(), options);
  return printLock(solved.lock);
}

function createContext(): SolveContext {
  const fetching = { host: createNodeHost(), limits: createLimits(), emit: () => undefined };
  return {
    async prefetch(question) {
      if (inHand !== undefined) return inHand;
      if (kept !== undefined) return readMetadataText(new TextDecoder().decode(kept));
      const { bytes } = await fetchMetadataAhead(fetching, question, {
        base: input.registry,
        addressOf: () => input.registry,
      });
      return readMetadataText(new TextDecoder().decode(bytes));
    },
    async packument(name) {
      throw new Error(`Not enough of "${name}" was sent`);
    },
  };
}

/** All that was sent, parsed. */
function readAll(bytes: Uint8Array): ReadonlyMap<string, PackageMetadata> {
  const packages = readMetadataText(new TextDecoder().decode(bytes));
  for (const { versions } of packages.values()) {
    for (const version of Object.keys(versions)) {
      try {
        void versions[version];
      } catch (error) {
        if (!(error instanceof VersionNotSent)) throw error;
      }
    }
  }
  return packages;
}
