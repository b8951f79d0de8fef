import { LoaderError } from "../errors.ts";
import { fetchBytes, type FetchBytesRequest, type FetchContext } from "../fetch/fetch-bytes.ts";
import type { Credentials } from "../fetch/registries/credentials.ts";

/** A registry and what it is told. */
export interface RegistryContext {
  readonly fetching: FetchContext;
  /** Base URL; ends with `/`. */
  readonly base: string;
  readonly credentials: Credentials | undefined;
}

/** One request to a registry: what it changes it changes once, as it may be sent again. */
export interface RegistryRequest extends Pick<FetchBytesRequest, "subject" | "method" | "body" | "headers" | "signal"> {
  /** Below the base. */
  readonly path: string;
}

/** Most bytes of an answer. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

/**
 * Asks a registry, with limits, time-outs and second attempts as for anything that is fetched.
 * @returns the parsed answer, and how long to wait before asking again, milliseconds, if it says so
 * @throws LoaderError what the registry says is wrong; ERR_UNEXPECTED_TYPE, and what `fetchBytes` throws
 */
export async function sendRequest(context: RegistryContext, request: RegistryRequest) {
  const { fetching, base, credentials } = context;
  const { path, headers, ...sent } = request;
  const { bytes, headers: answer } = await fetchBytes(fetching, {
    ...sent,
    url: base + path,
    limit: ANSWER_LIMIT,
    headers: { accept: "application/json", ...headers },
    credentials,
  });
  return { json: parseAnswer(bytes, request.subject), retryAfter: answer.get("retry-after") };
}

function parseAnswer(bytes: Uint8Array, subject: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof json === "object" && json !== null && !Array.isArray(json))
      return json as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new LoaderError("ERR_UNEXPECTED_TYPE", `The registry's answer about "${subject}" is not JSON`, {}, cause);
  }
  throw new LoaderError("ERR_UNEXPECTED_TYPE", `The registry's answer about "${subject}" is not an object`);
}
