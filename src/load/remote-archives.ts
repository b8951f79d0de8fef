import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import { fetchBytes, type FetchContext, sourceOf } from "../fetch/fetch-bytes.ts";
import type { ParallelLimit } from "../fetch/limit-parallel.ts";
import { reducePackument } from "../fetch/registry.ts";
import { unpackArchive } from "../fetch/unpack-archive.ts";
import type { Source } from "../events.ts";
import type { VersionMetadata } from "../solve/reduce-metadata.ts";
import { parseDependencySpec } from "../specifier/dependency-spec.ts";
import { digestBytes } from "../verify/digest.ts";
import { formatIntegrity } from "../verify/integrity.ts";
import { verifyBytes } from "../verify/verify-bytes.ts";
import { remember } from "./remember.ts";

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

/** Addresses of repositories' archives, by forge. */
const FORGE_ARCHIVES: Readonly<Record<string, (repository: string, ref: string) => string>> = {
  github: (repository, ref) => `https://codeload.github.com/${repository}/tar.gz/${ref}`,
  gitlab: (repository, ref) => `https://gitlab.com/${repository}/-/archive/${ref}/archive.tar.gz`,
  bitbucket: (repository, ref) => `https://bitbucket.org/${repository}/get/${ref}.tar.gz`,
};

/** Archives at URLs and of repositories at forges (P35, P37, P64): trusted when they are first seen, pinned by what they were. */
export class RemoteArchives {
  readonly #context: RemoteContext;
  /** Those that were read to be solved and will be wanted again. */
  readonly #coming = new Map<string, Promise<RemoteArchive>>();

  constructor(context: RemoteContext) {
    this.#context = context;
  }

  /**
   * The manifest in an archive, for the solver.
   * @param source a URL, or `github:owner/repo#ref`
   * @throws LoaderError ERR_UNSUPPORTED_DEPENDENCY, ERR_INVALID_PACKAGE_CONFIG, and what fetching and unpacking throw
   */
  async manifest(source: string, referrer: string): Promise<VersionMetadata> {
    const url = archiveAddress(source, referrer);
    const details = { specifier: source, referrer };
    const { bytes } = await (this.#coming.get(url) ??
      remember(this.#coming, url, this.#fetch(url, undefined, details)));
    const { limits } = this.#context.fetchContext;
    const isManifest = (path: string): boolean => path === "package.json";
    const files = await unpackArchive(bytes, { package: source }, limits, isManifest);
    const integrity = formatIntegrity("sha512", await digestBytes("sha512", bytes));
    return readManifest(files.get("package.json"), { integrity, tarball: url }, details);
  }

  /** @throws LoaderError ERR_INTEGRITY_MISMATCH, and what fetching throws */
  async archive(url: string, integrity: string, details: ErrorDetails, signal?: AbortSignal): Promise<RemoteArchive> {
    const coming = this.#coming.get(url);
    this.#coming.delete(url);
    const found = await (coming ?? this.#fetch(url, integrity, details, signal));
    if (coming !== undefined) await verifyBytes(found.bytes, integrity, details);
    return found;
  }

  #fetch(
    url: string,
    integrity: string | undefined,
    details: ErrorDetails,
    signal?: AbortSignal,
  ): Promise<RemoteArchive> {
    const { fetchContext, parallel, proxy, ownOrigin } = this.#context;
    const isDirect = proxy === undefined || new URL(url).origin === ownOrigin;
    const request = {
      url: isDirect ? url : proxy + encodeURIComponent(url),
      subject: url,
      limit: fetchContext.limits.archiveBytes,
      integrity,
      referrer: details.referrer,
      signal,
    };
    return parallel(async () => {
      const { bytes, headers } = await fetchBytes(fetchContext, request);
      return { bytes, source: sourceOf(headers) };
    });
  }
}

function archiveAddress(source: string, referrer: string): string {
  const spec = parseDependencySpec(source, { specifier: source, referrer });
  if (spec.kind === "remote" && /^https?:/.test(spec.url)) return spec.url;
  const address = spec.kind === "git" && spec.forge !== undefined ? FORGE_ARCHIVES[spec.forge] : undefined;
  if (spec.kind === "git" && address !== undefined && spec.range === undefined && spec.folder === undefined)
    return address(spec.repository, spec.ref ?? "HEAD");
  throw new LoaderError("ERR_UNSUPPORTED_DEPENDENCY", `"${source}" has no archive that can be fetched`, {
    specifier: source,
    referrer,
    hint: "archives at URLs, and repositories at GitHub, GitLab and Bitbucket at a tag, branch or commit can be",
  });
}

function readManifest(
  bytes: Uint8Array | undefined,
  dist: { readonly integrity: string; readonly tarball: string },
  details: ErrorDetails & { specifier: string },
): VersionMetadata {
  const invalid = (reason: string, cause?: unknown): LoaderError =>
    new LoaderError("ERR_INVALID_PACKAGE_CONFIG", `"${details.specifier}" cannot be used: ${reason}`, details, cause);
  if (bytes === undefined) throw invalid("its archive has no package.json");
  try {
    const { version = "0.0.0", ...manifest } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const name = String(manifest["name"]);
    const raw = { name, versions: { [String(version)]: { ...manifest, version, dist } } };
    const found = Object.values(reducePackument(raw, name).versions)[0];
    if (found !== undefined && manifest["name"] === name) return { ...found, dist };
  } catch (cause) {
    throw invalid(isLoaderError(cause) ? cause.message : "its package.json is not JSON", cause);
  }
  throw invalid("its package.json has no name");
}
