import { isLoaderError, LoaderError } from "../errors.ts";
import { askRegistry, type RegistryContext, type VersionRequest } from "./ask-registry.ts";
import { assertMediaType } from "./assert-media-type.ts";
import type { FetchedBytes } from "./fetch-bytes.ts";
import { rayaDownloadUrl } from "./raya-protocol.ts";

/** What a compiler made of an archive. */
export interface ArtifactRequest extends VersionRequest {
  readonly compiler: string;
}

/** An edge says it in its own words; whoever has the archive can compile it. */
const NOT_THERE = new Set(["ERR_VERSION_NOT_FOUND", "ERR_ROUTE_NOT_FOUND", "ERR_PACKAGE_NOT_FOUND"]);

/**
 * The `.rbin` of a package; undefined where its registry speaks npm's protocol or has no such artifact (any more).
 * What came is to be checked against what a lock has of it.
 * @throws LoaderError what `fetchBytes` throws
 */
export async function fetchArtifact(
  context: RegistryContext,
  request: ArtifactRequest,
): Promise<FetchedBytes | undefined> {
  const { name, version, compiler, referrer, signal } = request;
  const [base = ""] = context.addressesOf(name);
  if (!context.speaksRaya(base)) return undefined;
  const subject = `${name}@${version}`;
  const missing = (): LoaderError =>
    new LoaderError("ERR_VERSION_NOT_FOUND", `The registry has no artifact of "${subject}"`, { package: subject });
  try {
    return await askRegistry(context, missing, {
      url: rayaDownloadUrl(base, name, version, compiler),
      subject,
      package: subject,
      limit: context.limits.unpackedBytes,
      accept: (response) => assertMediaType(response, { specifier: subject, package: subject }),
      referrer,
      signal,
    });
  } catch (error) {
    if (isLoaderError(error) && NOT_THERE.has(error.code)) return undefined;
    throw error;
  }
}
