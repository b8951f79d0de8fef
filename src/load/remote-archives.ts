import type { ErrorDetails } from "../errors.ts";
import type { Source } from "../events.ts";
import { fetchBytes, type FetchContext, sourceOf } from "../fetch/fetch-bytes.ts";
import type { ParallelLimit } from "../fetch/limit-parallel.ts";
import { fetchRemoteManifest, type SeenArchive } from "../project/remote/fetch-remote-manifest.ts";
import type { VersionMetadata } from "../solve/reduce-metadata.ts";

/** What fetching archives from elsewhere than a registry needs. */
export interface RemoteContext {
  readonly fetchContext: FetchContext;
  readonly parallel: ParallelLimit;
  /** Prefix for URLs of other origins than `ownOrigin`. */
  readonly proxy: string | undefined;
  readonly ownOrigin: string;
}

/** An archive of a package that no registry has. */
export interface RemoteArchive {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly source: Source;
}

/** Archives at URLs and of repositories at forges (P35, P37, P64): trusted when they are first seen, pinned by what they were. */
export class RemoteArchives {
  readonly #context: FetchContext;
  readonly #parallel: ParallelLimit;
  /** Archives that manifests have been read of, by integrity, until they are loaded. */
  readonly #seen = new Map<string, RemoteArchive>();

  constructor({ fetchContext, parallel, proxy, ownOrigin }: RemoteContext) {
    const { host } = fetchContext;
    const throughProxy = (url: string): string =>
      proxy === undefined || new URL(url).origin === ownOrigin ? url : proxy + encodeURIComponent(url);
    this.#context = {
      ...fetchContext,
      host: {
        fetch: (url, init) => host.fetch(throughProxy(url), init),
        delay: (ms, signal) => host.delay(ms, signal),
        now: () => host.now(),
      },
    };
    this.#parallel = parallel;
  }

  /**
   * The manifest in an archive, for the solver.
   * @param source a URL, or `github:owner/repo#ref`
   * @throws LoaderError what `fetchRemoteManifest` throws
   */
  manifest(source: string, referrer: string): Promise<VersionMetadata> {
    const seen: SeenArchive = (integrity, { bytes, headers }) =>
      void this.#seen.set(integrity, { bytes, source: sourceOf(headers) });
    return this.#parallel(() => fetchRemoteManifest(this.#context, source, referrer, seen));
  }

  /** @throws LoaderError ERR_INTEGRITY_MISMATCH, and what fetching throws */
  async archive(
    url: string,
    integrity: string,
    { referrer }: ErrorDetails,
    signal?: AbortSignal,
  ): Promise<RemoteArchive> {
    const seen = this.#seen.get(integrity);
    this.#seen.delete(integrity);
    if (seen !== undefined) return seen;
    const limit = this.#context.limits.archiveBytes;
    const { bytes, headers } = await fetchBytes(this.#context, {
      url,
      subject: url,
      limit,
      integrity,
      referrer,
      signal,
    });
    return { bytes, source: sourceOf(headers) };
  }
}
