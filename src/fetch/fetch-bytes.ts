import { type ErrorDetails, isErrorJson, isLoaderError, LoaderError } from "../errors.ts";
import type { Source } from "../events.ts";
import { createStreamVerifier } from "../verify/verify-bytes.ts";
import { readBody } from "./read-body.ts";
import type { Credentials } from "./registries/credentials.ts";
import { type FetchContext, parseRetryAfter, retry } from "./retry.ts";
import { sendWithCredentials } from "./send-with-credentials.ts";
import { createSilenceTimer, type SilenceTimer } from "./silence-timer.ts";

export type { FetchContext } from "./retry.ts";

export interface FetchBytesRequest {
  readonly url: string;
  /** Names the thing in events and errors: `react@19.3.1`, or the URL. */
  readonly subject: string;
  /** Most bytes that the body may have, decoded. */
  readonly limit: number;
  /** What the body has to match; without it nothing is checked. */
  readonly integrity?: string | undefined;
  /** Who asked for it; goes into errors. */
  readonly referrer?: string | undefined;
  /** `name@version`; goes into errors. */
  readonly package?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whatever the request changes it changes once, as it may be repeated. Default: POST with a body, else GET. */
  readonly method?: "GET" | "POST" | "PUT" | "DELETE" | undefined;
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Looks at a 2xx answer before its body is read; throws when it is of the wrong kind. */
  readonly accept?: ((response: Response) => void) | undefined;
  /** Whether 304 is an answer, with no bytes, to the validators among `headers`. Default false. */
  readonly conditional?: boolean | undefined;
  /** What may be told to whom; its secrets are in no error and no event. */
  readonly credentials?: Credentials | undefined;
  /** Takes the body in as it arrives; `bytes` is empty then. With it there is to be one attempt only. */
  readonly sink?: BodySink | undefined;
}

/** Takes a body in as it arrives. What it throws fails the attempt. */
export interface BodySink {
  write(chunk: Uint8Array): void;
  /** The body has ended. */
  end(): void;
}

export interface FetchedBytes {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** After redirects. */
  readonly url: string;
  readonly headers: Headers;
  readonly status: number;
  /** SHA-512 integrity of `bytes` if an integrity was asked for, else empty. */
  readonly integrity: string;
}

/** Most of an error answer that is read, bytes. */
const ERROR_BODY_LIMIT = 64 * 1024;

/**
 * Fetches a URL. The body is counted and hashed while it streams in; nothing of it is given out before the integrity has
 * been compared. Emits `start`, `progress` for every chunk, `done` or `fail`, and a `warning` for every attempt that is
 * going to be repeated.
 * @throws LoaderError ERR_FETCH_FAILED, ERR_FETCH_STATUS (404 included) and ERR_FETCH_TIMEOUT after all attempts;
 * with credentials ERR_REDIRECT_HIDDEN and ERR_TOO_MANY_REDIRECTS; ERR_SIZE_LIMIT, ERR_INTEGRITY_MISMATCH and ERR_INTEGRITY_UNSUPPORTED at once; an edge's own error as it is; whatever
 * `accept` throws; the signal's reason, untouched.
 */
export async function fetchBytes(context: FetchContext, request: FetchBytesRequest): Promise<FetchedBytes> {
  const { emit, host } = context;
  const { subject } = request;
  const startedAt = host.now();
  emit({ stage: "fetch", kind: "start", subject });
  try {
    const fetched = await retry(context, request, () => attempt(context, request));
    const { length } = fetched.bytes;
    const ms = host.now() - startedAt;
    emit({ stage: "fetch", kind: "done", subject, bytes: length, source: sourceOf(fetched.headers), ms });
    return fetched;
  } catch (error) {
    if (isLoaderError(error)) emit({ stage: error.stage, kind: "fail", subject, message: error.message });
    throw error;
  }
}

/** Where an answer says it comes from; a registry that knows nothing of us is the upstream. */
export function sourceOf(headers: Headers): Source {
  const source = headers.get("raya-source");
  return source === "edge" || source === "browser" ? source : "upstream";
}

async function attempt(context: FetchContext, request: FetchBytesRequest): Promise<FetchedBytes> {
  request.signal?.throwIfAborted();
  const controller = new AbortController();
  const timer = createSilenceTimer(context, request.signal, () => timeoutError(context, request));
  try {
    const response = await timer.guard(send(context, request, controller.signal));
    const isAnswer = response.ok || (request.conditional === true && response.status === 304);
    if (!isAnswer) throw await statusError(request, response, timer);
    if (response.ok) request.accept?.(response);
    return await receive(context, request, response, timer);
  } catch (error) {
    // Frees the connection: whatever is still on its way is not wanted any more.
    controller.abort();
    if (request.signal?.aborted) throw request.signal.reason;
    const failure = isLoaderError(error) ? error : failedError(request, error);
    throw request.credentials?.redact(failure) ?? failure;
  } finally {
    timer.stop();
  }
}

function send(context: FetchContext, request: FetchBytesRequest, signal: AbortSignal): Promise<Response> {
  const signals = request.signal === undefined ? signal : AbortSignal.any([signal, request.signal]);
  const { body, method = body === undefined ? "GET" : "POST" } = request;
  const sent = { ...(method === "GET" ? {} : { method }), ...(body === undefined ? {} : { body }) };
  const init = { signal: signals, headers: { ...request.headers }, ...sent };
  if (request.credentials?.authorize(request.url) === undefined) return context.host.fetch(request.url, init);
  return sendWithCredentials(context, request.url, init, request.credentials, detailsOf(request));
}

async function receive(
  context: FetchContext,
  request: FetchBytesRequest,
  response: Response,
  timer: SilenceTimer,
): Promise<FetchedBytes> {
  const { subject, limit, integrity, sink } = request;
  const verifier = integrity === undefined ? undefined : createStreamVerifier(integrity, detailsOf(request));
  const total = bodyLength(response);
  const source = sourceOf(response.headers);
  const onChunk = (chunk: Uint8Array, bytes: number): void => {
    verifier?.update(chunk);
    const progress = { stage: "fetch", kind: "progress", subject, bytes, source } as const;
    context.emit(total === undefined ? progress : { ...progress, total });
  };
  const bytes = await readBody(response, { limit, total, subject, details: detailsOf(request), timer, onChunk, sink });
  sink?.end();
  const url = response.url === "" ? request.url : response.url;
  return { bytes, url, headers: response.headers, status: response.status, integrity: verifier?.finish() ?? "" };
}

/** The body's length as announced, where that number is known to count what we read. */
function bodyLength(response: Response): number | undefined {
  // A cross-origin answer shows its Content-Length but hides the Content-Encoding that would make it meaningless.
  if (response.type === "cors" || response.headers.has("content-encoding")) return undefined;
  const header = response.headers.get("content-length");
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

async function statusError(request: FetchBytesRequest, response: Response, timer: SilenceTimer): Promise<LoaderError> {
  const { status } = response;
  const retryAfter = parseRetryAfter(response.headers.get("retry-after"));
  const wait = retryAfter === undefined ? {} : { retryAfter };
  // An answer that breaks off while it explains itself still has its status.
  const answer = await readErrorJson(request, response, timer).catch(() => undefined);
  if (answer !== undefined) return new LoaderError(answer.code, answer.message, { ...answer.details, ...wait });
  const details = { ...detailsOf(request), status, ...wait };
  return new LoaderError(
    "ERR_FETCH_STATUS",
    `"${request.subject}" could not be fetched: the answer was ${status}`,
    details,
  );
}

/** An edge's own error: it has more to say than its status. */
async function readErrorJson(request: FetchBytesRequest, response: Response, timer: SilenceTimer) {
  if (!response.headers.get("content-type")?.startsWith("application/json")) return undefined;
  const { subject } = request;
  const details = detailsOf(request);
  const body = await readBody(response, { limit: ERROR_BODY_LIMIT, total: undefined, subject, details, timer });
  const json = parseJson(new TextDecoder().decode(body));
  if (typeof json !== "object" || json === null || !("error" in json)) return undefined;
  return isErrorJson(json.error) ? json.error : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failedError(request: FetchBytesRequest, cause: unknown): LoaderError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `"${request.subject}" could not be fetched: ${reason}`;
  return new LoaderError("ERR_FETCH_FAILED", message, detailsOf(request), cause);
}

function timeoutError(context: FetchContext, request: FetchBytesRequest): LoaderError {
  const { fetchTimeout } = context.limits;
  const message = `"${request.subject}" could not be fetched: nothing came for ${fetchTimeout} ms`;
  return new LoaderError("ERR_FETCH_TIMEOUT", message, { ...detailsOf(request), limit: fetchTimeout });
}

function detailsOf(request: FetchBytesRequest): ErrorDetails {
  const details: ErrorDetails = { specifier: request.subject, url: request.url };
  if (request.package !== undefined) details.package = request.package;
  if (request.referrer !== undefined) details.referrer = request.referrer;
  return details;
}
