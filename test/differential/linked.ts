import { createLoader } from "../../src/loader.ts";
import { createNodeHost } from "../../src/platform/node/host.ts";
import { observe } from "./observe.ts";
import type { Outcome, TestProgram } from "./program.ts";

/** How the subject is run. */
export interface SubjectOptions {
  /** `image`: linked into one; `modules`: one native module for each file. */
  readonly mode: "image" | "modules";
}

/** What the loader makes of a program that is its project. Nothing of it needs a network. */
export function createSubject({ mode }: SubjectOptions): (program: TestProgram, patience: number) => Promise<Outcome> {
  const host = { ...createNodeHost(), fetch: () => Promise.resolve(new Response(null, { status: 404 })) };
  const loader = createLoader(host, {
    registry: "https://registry.invalid/",
    base: "https://raya.invalid/~/",
    linking: mode,
  });
  return ({ files, entry }, patience) => observe(() => loader.run({ files, entry }), patience);
}
