import { parseArgs } from "node:util";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { createNodeHost } from "../../src/platform/node/host.ts";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { packageDocs } from "../../src/project/package-docs.ts";
import { wrongArgument } from "./wrong-argument.ts";

/** `docs`: the README of a package, or a section of it. */
export async function runDocs(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { registry: { type: "string" } },
  });
  const [argument, ...others] = positionals;
  if (argument === undefined || others.length > 0) throw wrongArgument("docs takes one PACKAGE[#HEADING]");
  const fetching = { host: createNodeHost(), limits: DEFAULT_LIMITS, emit: () => undefined };
  const registry = values.registry ?? npmRegistry();
  process.stdout.write(await packageDocs(argument, fetching, { registry, now: Date.now() }));
}
