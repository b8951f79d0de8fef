import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import { type FetchBytesRequest, type FetchContext, type FetchedBytes, fetchBytes } from "./fetch-bytes.ts";
import type { Credentials } from "./registries/credentials.ts";

/** What a request to the registries needs. */
export interface RegistryContext extends FetchContext {
  readonly credentials: Credentials | undefined;
  addressesOf(name: string): readonly string[];
  /** Whether the registry at that address speaks the Raya protocol. */
  speaksRaya(address: string): boolean;
}

/** Which version of which package is asked for. */
export interface VersionRequest {
  readonly name: string;
  readonly version: string;
  readonly signal?: AbortSignal | undefined;
  /** Who asked for it; goes into errors. */
  readonly referrer?: string | undefined;
}

/** Fetches; `missing` is the error for 404, and one of a registry that refuses says whether it was told who asks. */
export async function askRegistry(
  context: RegistryContext,
  missing: (facts: ErrorDetails) => LoaderError,
  request: Omit<FetchBytesRequest, "credentials">,
): Promise<FetchedBytes> {
  const { credentials } = context;
  try {
    return await fetchBytes(context, { ...request, credentials });
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_FETCH_STATUS") throw error;
    const { status } = error.details;
    if (status === 404) throw missing({ url: request.url, status });
    if (status !== 401 && status !== 403) throw error;
    const isKnown = credentials?.authorize(request.url) !== undefined;
    const hint = isKnown ? "it does not accept the token that is set for it" : "no token is set for it";
    throw new LoaderError(error.code, error.message, { ...error.details, hint }, error.cause);
  }
}
