import { createBrowserHost, createLoader, type Program, type Project } from "../../../src/platform/browser/index.ts";

declare const PROJECT: Project;

/** Loads the page's program, as its author would write it. The project is put in when it is bundled. */
export function loadProgram(): Promise<Program> {
  const base = `${location.origin}/`;
  const loader = createLoader(createBrowserHost(), { edge: base, registry: `${base}npm/`, base: `${base}~/` });
  return loader.load(PROJECT);
}
