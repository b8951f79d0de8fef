import type { Program } from "../../../../src/loader.ts";
import { createFakeRegistry, type FakePackage, type FakeRegistry } from "../../../fixtures/fake-registry.ts";

/** A package whose store takes about 80 KB. */
export function largePackage(name: string, version = "1.0.0"): FakePackage {
  const text = Array.from({ length: 4000 }, (_, index) => `${name}${version}${index}`).join(" ");
  return {
    manifest: { name, version, type: "module", main: "index.js" },
    files: { "index.js": `export const text = ${JSON.stringify(text.slice(0, 40_000))};` },
  };
}

export const importing = (...names: string[]) => ({
  entry: "/main.js",
  files: { "/main.js": names.map((name) => `import "${name}";`).join("\n") },
});

/** Loads programs one after the other, as pages do that come and go: each has a loader of its own. */
export async function loadAll(
  registry: FakeRegistry,
  names: readonly string[],
  options: Parameters<FakeRegistry["loader"]>[0] = {},
): Promise<Program[]> {
  const programs: Program[] = [];
  for (const name of names) {
    const upkeep = upkeepOf(registry);
    programs.push(await registry.loader(options).load(importing(name)));
    await upkeep();
  }
  return programs;
}

/** Waits for what a host has been asked to wait for. */
export function upkeepOf({ host }: FakeRegistry): () => Promise<void> {
  const works: Promise<unknown>[] = [];
  Object.assign(host, { waitUntil: (work: Promise<unknown>) => void works.push(work) });
  return async () => void (await Promise.all(works));
}

export function createRegistry(...names: string[]): Promise<FakeRegistry> {
  return createFakeRegistry(names.map((name) => largePackage(name)));
}
