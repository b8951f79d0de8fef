import { parseArgs } from "node:util";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { createNodeHost } from "../../src/platform/node/host.ts";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { packageInfo } from "../../src/project/package-info.ts";
import { createProjectRegistry } from "../../src/project/project-registry.ts";
import { wrongArgument } from "./wrong-argument.ts";

/** `info`: what a registry says of a package, as lines of `what: …`. */
export async function runInfo(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { registry: { type: "string" } },
  });
  const [argument, ...others] = positionals;
  if (argument === undefined || others.length > 0) throw wrongArgument("info takes one PACKAGE");
  const fetching = { host: createNodeHost(), limits: DEFAULT_LIMITS, emit: () => undefined };
  const registry = createProjectRegistry(fetching, values.registry ?? npmRegistry());
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
