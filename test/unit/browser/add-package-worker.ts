import { createIndexedDbProjectFiles } from "../../../src/platform/browser/indexeddb-project-files.ts";
import { ProjectVerbs } from "../../../src/project/project-verbs.ts";

/** Adds packages to a project one after the other, in a registry that has version 1.0.0 of everything. */
async function addPackages(project: string, names: readonly string[]): Promise<void> {
  const registry = {
    bases: [],
    packument: async (name: string) => {
      const dist = { integrity: `sha512-${btoa(name.padEnd(64, "."))}` };
      return { name, "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": { name, version: "1.0.0", dist } } };
    },
  };
  const files = createIndexedDbProjectFiles(project);
  const verbs = new ProjectVerbs({ files, registry: () => registry, now: () => Date.now() });
  for (const name of names) await verbs.add([name]);
}

addEventListener("message", ({ data }: MessageEvent<{ project: string; names: string[] }>) => {
  addPackages(data.project, data.names).then(
    () => postMessage("done"),
    (error: unknown) => postMessage(String(error)),
  );
});
