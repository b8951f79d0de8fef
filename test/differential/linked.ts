import { createLoader, type Loader, type LoaderOptions } from "../../src/loader.ts";
import { createNodeHost } from "../../src/platform/node/host.ts";
import { createFakeRegistry, REGISTRY } from "../fixtures/fake-registry.ts";
import { observe } from "./observe.ts";
import type { Outcome, TestProgram } from "./program.ts";

/** How the subject is run. */
export interface SubjectOptions {
  /** `image`: linked into one; `modules`: one native module for each file. */
  readonly mode: "image" | "modules";
  /** The program is a package that a project imports, not the project itself. */
  readonly packaged: boolean;
}

/** What the loader makes of a program. */
export type Subject = (program: TestProgram, patience: number) => Promise<Outcome>;

/** The loader, in this process. It needs no network. */
export function createSubject({ mode, packaged }: SubjectOptions): Subject {
  if (packaged) return (program, patience) => observe(() => runPackage(program, mode), patience);
  const loader = createLocalLoader(() => Promise.resolve(new Response(null, { status: 404 })), mode);
  return ({ files, entry }, patience) => observe(() => loader.run({ files, entry }), patience);
}

/** Compiled, stored and read again on its way into the program. */
async function runPackage({ files, entry }: TestProgram, mode: SubjectOptions["mode"]) {
  const manifest = { name: "pack", version: "1.0.0" };
  const inPackage = Object.entries(files).map(([path, text]) => [path.slice(1), text] as const);
  const { host } = await createFakeRegistry([{ manifest, files: Object.fromEntries(inPackage) }]);
  const loader = createLocalLoader((url) => host.fetch(url), mode);
  const project = { "/index.mjs": `export * as imported from ${JSON.stringify(`pack${entry}`)};` };
  const realm = await loader.run({ entry: "/index.mjs", files: project });
  const { imported } = realm.namespace as { imported: unknown };
  return { namespace: imported, dispose: () => realm.dispose() };
}

function createLocalLoader(fetch: (url: string) => Promise<Response>, linking: LoaderOptions["linking"]): Loader {
  const options = linking === undefined ? {} : { linking };
  return createLoader(
    { ...createNodeHost(), fetch },
    { registry: REGISTRY, base: "https://raya.invalid/~/", ...options },
  );
}
