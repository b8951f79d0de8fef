import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import type { Source } from "../events.ts";
import { archiveFileName } from "./archive-file-name.ts";
import { assertMediaType } from "./assert-media-type.ts";
import { type FetchBytesRequest, type FetchContext, type FetchedBytes, fetchBytes, sourceOf } from "./fetch-bytes.ts";
import { type Packument, reducePackument } from "./reduce-packument.ts";
import { createSingleFlight } from "./single-flight.ts";

export { type Packument, reducePackument, type VersionManifest } from "./reduce-packument.ts";

export interface FetchedPackument {
  readonly packument: Packument;
  readonly source: Source;
  /** Of the answer: `etag`, `cache-control`. */
  readonly headers: Headers;
}

export interface ArchiveRequest {
  readonly name: string;
  readonly version: string;
  /** What the archive has to match, SRI. */
  readonly integrity: string;
  /** `dist.tarball`; used where the registry keeps its archives under other paths than usual. */
  readonly tarball?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly referrer?: string | undefined;
}

export interface FetchedArchive {
  /** The compressed archive, verified. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly source: Source;
  /** SHA-512 of it, SRI, also where the registry only knows something weaker. */
  readonly integrity: string;
}

/** Speaks the npm registry's protocol: to a registry, or to an edge's `/npm/`. Requests for the same thing are joined. */
export interface Registry {
  /**
   * @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_PACKUMENT_INVALID, ERR_INVALID_PACKAGE_NAME, and what `fetchBytes` throws.
   */
  packument(name: string, signal?: AbortSignal): Promise<FetchedPackument>;
  /**
   * @throws LoaderError ERR_INTEGRITY_REQUIRED when `integrity` is empty, ERR_INTEGRITY_MISMATCH, ERR_VERSION_NOT_FOUND when
   * the registry has no such archive, ERR_INVALID_PACKAGE_NAME, and what `fetchBytes` throws.
   */
  archive(request: ArchiveRequest): Promise<FetchedArchive>;
}

/** The abbreviated packument, where the registry has it: a tenth of the bytes. */
const ACCEPT_PACKUMENT = "application/vnd.npm.install-v1+json, application/json;q=0.9";

/** @param base URL that names are appended to; ends with `/` */
export function createRegistry(context: FetchContext, base: string): Registry {
  const packuments = createSingleFlight<FetchedPackument>();
  const archives = createSingleFlight<FetchedArchive>();
  return {
    packument: (name, signal) => packuments(name, (shared) => fetchPackument(context, base, name, shared), signal),
    archive(request) {
      const key = `${request.name}@${request.version} ${request.integrity}`;
      return archives(key, (signal) => fetchArchive(context, base, { ...request, signal }), request.signal);
    },
  };
}

async function fetchPackument(
  context: FetchContext,
  base: string,
  name: string,
  signal: AbortSignal,
): Promise<FetchedPackument> {
  const missing = new LoaderError("ERR_PACKAGE_NOT_FOUND", `The registry has no package "${name}"`, { package: name });
  const request: FetchBytesRequest = {
    url: base + nameSegments(name).join("%2f"),
    subject: name,
    package: name,
    limit: context.limits.packumentBytes,
    headers: { accept: ACCEPT_PACKUMENT },
    accept: (response) => assertMediaType(response, { specifier: name, package: name }),
    signal,
  };
  const { bytes, headers } = await fetchOr(missing, context, request);
  return { packument: reducePackument(parsePackument(bytes, name), name), source: sourceOf(headers), headers };
}

function parsePackument(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const message = `The packument of "${name}" is not valid: it is not JSON`;
    throw new LoaderError("ERR_PACKUMENT_INVALID", message, { package: name, size: bytes.length }, cause);
  }
}

async function fetchArchive(context: FetchContext, base: string, request: ArchiveRequest): Promise<FetchedArchive> {
  const { name, version, integrity, referrer, signal } = request;
  const subject = `${name}@${version}`;
  const details: ErrorDetails = referrer === undefined ? { package: subject } : { package: subject, referrer };
  if (integrity === "") {
    throw new LoaderError("ERR_INTEGRITY_REQUIRED", `There is no integrity to check "${subject}" against`, details);
  }
  const missing = new LoaderError("ERR_VERSION_NOT_FOUND", `The registry has no archive of "${subject}"`, details);
  const { bytes, headers, ...fetched } = await fetchOr(missing, context, {
    url: archiveUrl(base, request),
    subject,
    package: subject,
    limit: context.limits.archiveBytes,
    integrity,
    accept: (response) => assertMediaType(response, { specifier: subject, ...details }),
    referrer,
    signal,
  });
  return { bytes, source: sourceOf(headers), integrity: fetched.integrity };
}

/** `missing` when the answer is 404. */
async function fetchOr(missing: LoaderError, context: FetchContext, request: FetchBytesRequest): Promise<FetchedBytes> {
  try {
    return await fetchBytes(context, request);
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_FETCH_STATUS" || error.details.status !== 404) throw error;
    Object.assign(missing.details, { url: request.url, status: 404 });
    throw missing;
  }
}

/** `dist.tarball` may send us to another path, but not to another server. */
function archiveUrl(base: string, { name, version, tarball }: ArchiveRequest): string {
  const usual = `${base}${nameSegments(name).join("/")}/-/${encodeURIComponent(archiveFileName(name, version))}`;
  if (tarball === undefined || !URL.canParse(tarball, base)) return usual;
  const url = new URL(tarball, base);
  return url.origin === new URL(base).origin ? url.href : usual;
}

/** The name made safe for a URL path. Names also come out of packuments, where anything may be written. */
function nameSegments(name: string): string[] {
  const isName = /^(?:@[^/]+\/)?[^@/][^/]*$/.test(name) && !/(?:^|\/)\.\.?$/.test(name);
  if (!isName) {
    throw new LoaderError("ERR_INVALID_PACKAGE_NAME", `"${name}" is not a package name`, { package: name });
  }
  return name.split("/").map((segment) => encodeURIComponent(segment).replace(/^%40/, "@"));
}
