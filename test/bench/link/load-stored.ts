import type { Host } from "../../../src/host.ts";
import { createLoader, type Program, type Project } from "../../../src/loader.ts";

/** A program whose objects are all stored. */
export interface LoadInput {
  readonly base: string;
  readonly project: Project;
  readonly lockfile: string;
}

/** A program and how long it took, milliseconds. */
export interface TimedLoad {
  readonly program: Program;
  /** From the call to the image: reading and verifying what is stored, the graph, linking. */
  readonly total: number;
  /** The linker's part of it. */
  readonly link: number;
}

/**
 * Loads a program with a new loader: nothing is left from the load before.
 * @param from `objects`: links it; `image`: takes the image that an earlier load has linked and stored
 */
export async function loadStored(
  host: Host,
  { base, project, lockfile }: LoadInput,
  from: "objects" | "image",
): Promise<TimedLoad> {
  let link = 0;
  let linked = Number.NaN;
  let hit = false;
  const loader = createLoader(host, {
    registry: base,
    base,
    keepLinked: from === "image" ? "program" : "packages",
    onEvent: ({ stage, kind, ms = 0 }) => {
      if (stage !== "link") return;
      if (kind === "done") {
        link += ms;
        linked = performance.now();
      }
      if (kind === "hit") hit = true;
    },
  });
  const started = performance.now();
  const program = await loader.load(project, { lockfile, cacheSetting: "only" });
  const total = (from === "image" ? performance.now() : linked) - started;
  await program.kept;
  if (hit !== (from === "image")) throw new Error(`The program was ${hit ? "not linked" : "linked"}`);
  return { program, total, link };
}
