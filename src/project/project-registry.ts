import { isLoaderError, LoaderError } from "../errors.ts";
import type { FetchContext } from "../fetch/fetch-bytes.ts";
import { createParallelLimit } from "../fetch/limit-parallel.ts";
import { createCredentials } from "../fetch/registries/credentials.ts";
import { readRegistries, type RegistryTexts } from "../fetch/registries/read-registries.ts";
import { createRegistry, type Registry } from "../fetch/registry.ts";
import { fetchMetadataAhead } from "../solve/fetch-metadata-ahead.ts";
import { readMetadataText } from "../solve/metadata-text.ts";
import { type PackageMetadata, reduceMetadata, type VersionMetadata } from "../solve/reduce-metadata.ts";
import type { AskAdvisories } from "./audit-lock.ts";
import { fetchAdvisories } from "./fetch-advisories.ts";
import { fetchRemoteManifest } from "./remote/fetch-remote-manifest.ts";
import type { ProjectRegistry } from "./verb-options.ts";

/** What a project's registry is beside its address. */
export interface ProjectRegistryOptions extends RegistryTexts {
  /** Requests at once. Default `limits.parallelFetches`, or what the texts say. */
  readonly concurrency?: number | undefined;
  /** The address is an edge's, which sends the metadata of a whole project at once. Default false. */
  readonly edge?: boolean;
}

/**
 * Registries for project verbs: metadata of each package once, what solving does not need dropped at once; archives at URLs
 * and repositories of forges; advisories from npm's bulk endpoint. Every request is told to the context's `emit`.
 * @param registry base URL of the names that the texts send nowhere else; ends with `/`
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID; (its `packument`) ERR_PACKAGE_NOT_FOUND, ERR_PACKUMENT_INVALID and what
 * `fetchBytes` throws; (its `remote`) what `fetchRemoteManifest` throws; (its `advisories`) ERR_FETCH_FAILED,
 * ERR_FETCH_STATUS, ERR_UNEXPECTED_TYPE
 */
export function createProjectRegistry(
  context: FetchContext,
  registry: string,
  { concurrency, edge = false, ...texts }: ProjectRegistryOptions = {},
): ProjectRegistry & { readonly advisories: AskAdvisories } {
  const settings = readRegistries(registry, texts);
  const own = { ...context, limits: { ...context.limits, ...settings.limits } };
  const base = settings.registry ?? registry;
  const limit = createParallelLimit(concurrency ?? own.limits.parallelFetches);
  const source = createRegistry(own, base, settings);
  const packages = createOnce<PackageMetadata>();
  const remotes = createOnce<VersionMetadata>();
  return {
    bases: [base],
    advisories: (versions) => fetchAdvisories(own, base, versions),
    packument: (name, referrer) => packages.get(name, () => limit(() => readMetadata(source, name, referrer))),
    remote: (from, referrer) => remotes.get(from, () => limit(() => fetchRemoteManifest(own, from, referrer))),
    ...(edge && {
      async prefetch(question) {
        const credentials = createCredentials(settings, base);
        const { bytes } = await fetchMetadataAhead(own, question, {
          base,
          credentials,
          addressOf: (name) => source.addressOf(name),
        });
        const found = readMetadataText(new TextDecoder().decode(bytes));
        return new Map([...found].filter(([name]) => source.addressOf(name) === base));
      },
    }),
  };
}

/** Answers by key, each asked for once. */
function createOnce<Answer>() {
  const answers = new Map<string, Promise<Answer>>();
  return {
    get(key: string, ask: () => Promise<Answer>): Promise<Answer> {
      let answer = answers.get(key);
      if (answer === undefined) answers.set(key, (answer = ask()));
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
