import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { Source } from "../events.ts";
import { askRegistry, type RegistryContext, type VersionRequest } from "./ask-registry.ts";
import { assertMediaType } from "./assert-media-type.ts";
import { type ArtifactRequest, fetchArtifact } from "./fetch-artifact.ts";
import { type FetchContext, type FetchedBytes, sourceOf } from "./fetch-bytes.ts";
import { type Packument, reducePackument } from "./reduce-packument.ts";
import { packumentOfRaya, rayaDownloadUrl, rayaPackageUrl } from "./raya-protocol.ts";
import { createCredentials, type Credentials } from "./registries/credentials.ts";
import { NO_SETTINGS, registriesOf } from "./registries/registry-settings.ts";
import { archiveUrl, packumentUrl } from "./registry-urls.ts";
import { createSingleFlight } from "./single-flight.ts";
import { tryInOrder } from "./try-in-order.ts";

export { type Packument, reducePackument, type VersionManifest } from "./reduce-packument.ts";

export interface FetchedPackument {
  readonly packument: Packument;
  readonly source: Source;
  /** Of the answer: `etag`, `cache-control`. */
  readonly headers: Headers;
}

/** How a packument is asked for. */
export interface MetadataRequest {
  readonly name: string;
  /** Whether `time` is needed, which only whole packuments have: ten times the bytes. Default false. */
  readonly whole?: boolean | undefined;
  /** `if-none-match`, `if-modified-since`: of the copy that is at hand. */
  readonly validators?: Readonly<Record<string, string>> | undefined;
  /** Attempts at each address. Default `limits.attempts`. */
  readonly attempts?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A packument as the registry sent it. */
export interface FetchedMetadata {
  /** The parsed JSON; undefined where the copy at hand is still what the registry has. */
  readonly json: unknown;
  /** Of the body, bytes. */
  readonly size: number;
  readonly source: Source;
  readonly headers: Headers;
}

export interface ArchiveRequest extends VersionRequest {
  /** What the archive has to match, SRI. */
  readonly integrity: string;
  /** `dist.tarball`; used where the registry keeps its archives under other paths than usual. */
  readonly tarball?: string | undefined;
}

export interface FetchedArchive {
  /** The compressed archive, verified. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly source: Source;
  /** SHA-512 of it, SRI, also where the registry only knows something weaker. */
  readonly integrity: string;
}

/**
 * Speaks the npm registry's protocol: to registries, or to an edge's `/npm/`; and the Raya protocol to registries that are set to it.
 * Requests for the same thing are joined.
 */
export interface Registry {
  /**
   * @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_PACKUMENT_INVALID, ERR_INVALID_PACKAGE_NAME, and what `fetchBytes` throws.
   */
  packument(name: string, signal?: AbortSignal): Promise<FetchedPackument>;
  /**
   * The packument unchecked and unreduced; not joined with other requests.
   * @throws LoaderError as `packument`
   */
  metadata(request: MetadataRequest): Promise<FetchedMetadata>;
  /**
   * @throws LoaderError ERR_INTEGRITY_REQUIRED when `integrity` is empty, ERR_INTEGRITY_MISMATCH, ERR_VERSION_NOT_FOUND when
   * the registry has no such archive, ERR_INVALID_PACKAGE_NAME, and what `fetchBytes` throws.
   */
  archive(request: ArchiveRequest): Promise<FetchedArchive>;
  /**
   * The `.rbin` of a package, to be checked; undefined where its registry speaks npm's protocol or has no such artifact (any more).
   * @throws LoaderError what `fetchBytes` throws.
   */
  artifact(request: ArtifactRequest): Promise<FetchedBytes | undefined>;
  /** Address of the registry that a package comes from. */
  addressOf(name: string): string;
}

/** The abbreviated packument, where the registry has it: a tenth of the bytes. */
const ACCEPT_ABBREVIATED = "application/vnd.npm.install-v1+json, application/json;q=0.9";
const ACCEPT_WHOLE = "application/json";

/**
 * @param base URL that names are appended to, of all packages that `settings` send nowhere else; ends with `/`
 * @param settings registries by name, mirrors, credentials; their `limits` are the caller's to put into the context
 */
export function createRegistry(context: FetchContext, base: string, settings = NO_SETTINGS): Registry {
  const packuments = createSingleFlight<FetchedPackument>();
  const archives = createSingleFlight<FetchedArchive>();
  const addressesOf = (name: string): readonly string[] => registriesOf(name, settings, base);
  const speaksRaya = (address: string): boolean => settings.rayaRegistries.has(address);
  const credentials = createCredentials(settings, base);
  const own: RegistryContext = { ...context, addressesOf, credentials, speaksRaya };
  const packument = async (name: string, signal: AbortSignal): Promise<FetchedPackument> => {
    const { json, source, headers } = await fetchMetadata(own, { name, signal });
    return { packument: reducePackument(json, name), source, headers };
  };
  return {
    packument: (name, signal) => packuments(name, (shared) => packument(name, shared), signal),
    metadata: (request) => fetchMetadata(own, request),
    archive(request) {
      const key = `${request.name}@${request.version} ${request.integrity}`;
      return archives(key, (signal) => fetchArchive(own, { ...request, signal }), request.signal);
    },
    artifact: (request) => fetchArtifact(own, request),
    addressOf: (name) => addressesOf(name)[0] ?? base,
  };
}

function fetchMetadata(context: RegistryContext, request: MetadataRequest): Promise<FetchedMetadata> {
  const { name } = request;
  const addresses = context.addressesOf(name);
  return tryInOrder({
    addresses,
    subject: name,
    emit: context.emit,
    // What the registry itself says is final: a mirror must not have a package that the registry has not.
    goesOn: (error) => error.retryable || error.code === "ERR_UNEXPECTED_TYPE",
    async attempt(base) {
      if (base === addresses[0]) return askForMetadata(context, base, request);
      // The copy at hand is the registry's: only the registry's own ETag means it.
      const fetched = await askForMetadata(context, base, { ...request, validators: undefined });
      reducePackument(fetched.json, name);
      for (const header of ["etag", "last-modified"]) fetched.headers.delete(header);
      return fetched;
    },
  });
}

async function askForMetadata(
  context: RegistryContext,
  base: string,
  { name, whole = false, validators, attempts = context.limits.attempts, signal }: MetadataRequest,
): Promise<FetchedMetadata> {
  const limited = { ...context, limits: { ...context.limits, attempts } };
  const isRaya = context.speaksRaya(base);
  const missing = (facts: ErrorDetails): LoaderError =>
    new LoaderError("ERR_PACKAGE_NOT_FOUND", `The registry has no package "${name}"`, { package: name, ...facts });
  const { bytes, headers, status } = await askRegistry(limited, missing, {
    url: isRaya ? rayaPackageUrl(base, name) : packumentUrl(base, name),
    subject: name,
    package: name,
    limit: context.limits.packumentBytes,
    headers: { accept: whole ? ACCEPT_WHOLE : ACCEPT_ABBREVIATED, ...validators },
    conditional: validators !== undefined,
    accept: (response) => assertMediaType(response, { specifier: name, package: name }),
    signal,
  });
  const parsed = status === 304 ? undefined : parsePackument(bytes, name, context.credentials);
  const json = isRaya ? packumentOfRaya(parsed) : parsed;
  return { json, size: bytes.length, source: sourceOf(headers), headers: new Headers(headers) };
}

function parsePackument(bytes: Uint8Array, name: string, credentials: Credentials | undefined): unknown {
  const text = new TextDecoder().decode(bytes);
  const details = { package: name, size: bytes.length };
  // What a packument says goes into locks and messages.
  if (credentials?.isShownIn(text) === true) {
    const message = `The packument of "${name}" is not valid: it repeats the token that it was asked for with`;
    throw new LoaderError("ERR_PACKUMENT_INVALID", message, details);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LoaderError(
      "ERR_PACKUMENT_INVALID",
      `The packument of "${name}" is not valid: it is not JSON`,
      details,
      cause,
    );
  }
}

async function fetchArchive(context: RegistryContext, request: ArchiveRequest): Promise<FetchedArchive> {
  const { name, version, integrity, tarball, referrer, signal } = request;
  const subject = `${name}@${version}`;
  const details: ErrorDetails = referrer === undefined ? { package: subject } : { package: subject, referrer };
  if (integrity === "") {
    throw new LoaderError("ERR_INTEGRITY_REQUIRED", `There is no integrity to check "${subject}" against`, details);
  }
  const missing = (facts: ErrorDetails): LoaderError =>
    new LoaderError("ERR_VERSION_NOT_FOUND", `The registry has no archive of "${subject}"`, {
      ...details,
      ...facts,
      ...elsewhere(context.addressesOf(name)[0], tarball),
    });
  const { bytes, headers, ...fetched } = await tryInOrder({
    addresses: context.addressesOf(name),
    subject,
    emit: context.emit,
    // The integrity says which bytes are right, whoever has them.
    goesOn: () => true,
    attempt: (base) =>
      askRegistry(context, missing, {
        url: context.speaksRaya(base) ? rayaDownloadUrl(base, name, version) : archiveUrl(base, name, version, tarball),
        subject,
        package: subject,
        limit: context.limits.archiveBytes,
        integrity,
        accept: (response) => assertMediaType(response, { specifier: subject, ...details }),
        referrer,
        signal,
      }),
  });
  return { bytes, source: sourceOf(headers), integrity: fetched.integrity };
}

/** What to do where metadata says that another server has the archive: it is not asked, as that could be anybody's. */
function elsewhere(base: string | undefined, tarball: string | undefined): ErrorDetails {
  const host = tarball === undefined ? undefined : URL.parse(tarball, base)?.host;
  if (host === undefined || base === undefined || host === new URL(base).host) return {};
  return {
    hint: `its metadata names ${host}, which is not the registry and is not asked; if you trust it, set it as the registry of that name or scope, or as a mirror`,
  };
}
