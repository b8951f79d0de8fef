import type { Host } from "../../../src/host.ts";
import { createLoader, type Program, type Project } from "../../../src/loader.ts";

/** A program and how long it took, milliseconds. */
export interface TimedLoad {
  readonly program: Program;
  /** From the call to the image: reading and verifying the stored objects, the graph, linking. */
  readonly total: number;
  /** The linker's part of it. */
  readonly link: number;
}

/** Loads a program whose objects are all stored, with a new loader: nothing is left from the load before. */
export async function loadStored(host: Host, base: string, project: Project, lockfile: string): Promise<TimedLoad> {
  let link = 0;
  const loader = createLoader(host, {
    registry: base,
    base,
    onEvent: ({ stage, kind, ms = 0 }) => {
      if (stage === "link" && kind === "done") link += ms;
    },
  });
  const started = performance.now();
  const program = await loader.load(project, { lockfile, cacheSetting: "only" });
  return { program, total: performance.now() - started, link };
}
