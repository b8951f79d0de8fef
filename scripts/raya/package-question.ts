import { parseArgs } from "node:util";
import type { FetchContext } from "../../src/fetch/fetch-bytes.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { createNodeHost } from "../../src/platform/node/host.ts";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { wrongArgument } from "./wrong-argument.ts";

/** What a command wants to know of one package. */
export interface PackageQuestion {
  readonly argument: string;
  /** Base URL; ends with `/`. */
  readonly registry: string;
  readonly fetching: FetchContext;
}

/** @param takes what the command takes, for who says something else */
export function readPackageQuestion(args: readonly string[], takes: string): PackageQuestion {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { registry: { type: "string" } },
  });
  const [argument, ...others] = positionals;
  if (argument === undefined || others.length > 0) throw wrongArgument(takes);
  const fetching = { host: createNodeHost(), limits: DEFAULT_LIMITS, emit: () => undefined };
  return { argument, registry: values.registry ?? npmRegistry(), fetching };
}
