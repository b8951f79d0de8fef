import { isLoaderError, LoaderError } from "../errors.ts";
import { assertMediaType } from "../fetch/assert-media-type.ts";
import { type FetchContext, fetchBytes } from "../fetch/fetch-bytes.ts";
import { createParallelLimit } from "../fetch/limit-parallel.ts";
import { type PackageMetadata, reduceMetadata } from "../solve/reduce-metadata.ts";
import type { AskAdvisories } from "./audit-lock.ts";
import { fetchAdvisories } from "./fetch-advisories.ts";
import type { ProjectRegistry } from "./verb-options.ts";

/** Whole packuments: the abbreviated ones do not say when a version was published. */
const ACCEPT = "application/json";

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
  const coming = new Map<string, Promise<PackageMetadata>>();
  return {
    bases: [registry],
    advisories: (versions) => fetchAdvisories(context, registry, versions),
    packument(name, referrer) {
      let answer = coming.get(name);
      if (answer === undefined) {
        coming.set(name, (answer = limit(() => fetchMetadata(context, registry, name, referrer))));
      }
      return answer;
    },
  };
}

async function fetchMetadata(
  context: FetchContext,
  registry: string,
  name: string,
  referrer: string,
): Promise<PackageMetadata> {
  const details = { package: name, referrer };
  try {
    const { bytes } = await fetchBytes(context, {
      url: registry + encodeURIComponent(name).replace(/^%40/, "@"),
      subject: name,
      package: name,
      referrer,
      limit: context.limits.packumentBytes,
      headers: { accept: ACCEPT },
      accept: (response) => assertMediaType(response, { specifier: name, package: name }),
    });
    return reduceMetadata(parseJson(bytes, name), name);
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_FETCH_STATUS" || error.details.status !== 404) throw error;
    const message = `The registry has no package "${name}", which ${referrer} asks for`;
    throw new LoaderError("ERR_PACKAGE_NOT_FOUND", message, { ...details, status: 404 }, error);
  }
}

function parseJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const message = `The packument of "${name}" is not valid: it is not JSON`;
    throw new LoaderError("ERR_PACKUMENT_INVALID", message, { package: name, size: bytes.length }, cause);
  }
}
