import { packageInfo } from "../../src/project/package-info.ts";
import { createProjectRegistry } from "../../src/project/project-registry.ts";
import { readPackageQuestion } from "./package-question.ts";

/** `info`: what a registry says of a package, as lines of `what: …`. */
export async function runInfo(args: readonly string[]): Promise<void> {
  const { argument, registry: base, fetching } = readPackageQuestion(args, "info takes one PACKAGE");
  const registry = createProjectRegistry(fetching, base);
  const { manifest, tags, versions } = await packageInfo(argument, registry, { now: Date.now() });
  const { published, dist, ...fields } = manifest;
  const facts = {
    ...fields,
    ...(published !== undefined && { published: new Date(published).toISOString() }),
    integrity: dist.integrity,
    tags,
    versions: versions.join(" "),
  };
  for (const [what, value] of Object.entries(facts))
    if (value !== undefined) console.log(`${what}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
}
