import { LoaderError } from "../errors.ts";
import { fetchBytes, type FetchContext } from "../fetch/fetch-bytes.ts";
import type { Credentials } from "../fetch/registries/credentials.ts";

/** A registry and what it is told. */
export interface RegistryContext {
  readonly fetching: FetchContext;
  /** Base URL; ends with `/`. */
  readonly base: string;
  readonly credentials: Credentials | undefined;
}

/** A request that may be sent again: what it changes it changes once. */
export interface RegistryRequest {
  /** Below the base. */
  readonly path: string;
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: Uint8Array<ArrayBuffer> | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What it is about, for events and errors. */
  readonly subject: string;
  readonly signal?: AbortSignal | undefined;
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
  const { path, method = "GET", body, headers, subject, signal } = request;
  const send = { method, ...(body === undefined ? {} : { body }) };
  const { host: own } = fetching;
  const host: FetchContext["host"] = {
    fetch: (url, init) => own.fetch(url, { ...init, ...send }),
    delay: (ms, waited) => own.delay(ms, waited),
    now: () => own.now(),
  };
  const accept = { accept: "application/json", ...headers };
  const { bytes, headers: answer } = await fetchBytes(
    { ...fetching, host },
    { url: base + path, subject, limit: ANSWER_LIMIT, headers: accept, credentials, signal },
  );
  return { json: parseAnswer(bytes, subject), retryAfter: answer.get("retry-after") };
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
