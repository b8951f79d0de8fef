import { isLoaderError, LoaderError } from "../errors.ts";
import type { FetchContext } from "../fetch/fetch-bytes.ts";
import { createParallelLimit } from "../fetch/limit-parallel.ts";
import { createRegistry, type Registry } from "../fetch/registry.ts";
import { type PackageMetadata, reduceMetadata } from "../solve/reduce-metadata.ts";
import type { AskAdvisories } from "./audit-lock.ts";
import { fetchAdvisories } from "./fetch-advisories.ts";
import type { ProjectRegistry } from "./verb-options.ts";

/**
 * A registry for project verbs: metadata of each package once, what solving does not need dropped at once; advisories from
 * npm's bulk endpoint.
 * @param registry base URL; ends with `/`
 * @param concurrency requests at once
 * @throws (its `packument`) LoaderError ERR_PACKAGE_NOT_FOUND, ERR_PACKUMENT_INVALID and what `fetchBytes` throws;
 * (its `advisories`) ERR_FETCH_FAILED, ERR_FETCH_STATUS, ERR_UNEXPECTED_TYPE
 */
export function createProjectRegistry(
  context: FetchContext,
  registry: string,
  concurrency: number = context.limits.parallelFetches,
): ProjectRegistry & { readonly advisories: AskAdvisories } {
  const limit = createParallelLimit(concurrency);
  const source = createRegistry(context, registry);
  const coming = new Map<string, Promise<PackageMetadata>>();
  return {
    bases: [registry],
    advisories: (versions) => fetchAdvisories(context, registry, versions),
    packument(name, referrer) {
      let answer = coming.get(name);
      if (answer === undefined) {
        coming.set(name, (answer = limit(() => readMetadata(source, name, referrer))));
      }
      return answer;
    },
  };
}

/** Whoever asks for what is not there is named. */
async function readMetadata(registry: Registry, name: string, referrer: string): Promise<PackageMetadata> {
  try {
    const { json } = await registry.metadata({ name, whole: true });
    return reduceMetadata(json, name);
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_PACKAGE_NOT_FOUND") throw error;
    const message = `The registry has no package "${name}", which ${referrer} asks for`;
    throw new LoaderError(error.code, message, { ...error.details, package: name, referrer }, error);
  }
}
