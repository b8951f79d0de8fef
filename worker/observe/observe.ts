import { LoaderError } from "../../src/errors.ts";
import { toResponse } from "../error-response.ts";
import type { Metrics } from "./metrics.ts";
import { routeName } from "./route-name.ts";

/** One request, as the log and the analytics have it. No address, no name, no header of the request is in it. */
export interface RequestRecord {
  /** The request's: `cf-ray` where there is one. Answers have it as `raya-request`. */
  readonly id: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** Where the answer came from, if it says so. */
  readonly source: string;
  /** Of the error that was answered, else empty. */
  readonly code: string;
  /** Until the answer began. */
  readonly ms: number;
  /** Of the answer, where they are known. */
  readonly bytes: number;
}

/** What watching takes. */
export interface ObserverPorts {
  readonly metrics: Metrics;
  /** Milliseconds. */
  now(): number;
  record(request: RequestRecord): void;
  /** Whether somebody may send one more request of that kind; `client` is their address. */
  isAllowed(kind: "login" | "other", client: string): Promise<boolean>;
}

/** Seconds after which a limited client may try again: what the limits count by. */
const RETRY_AFTER = "60";

/** Answers through `handle`, within the limits, counted, and with an id that is also in the log. */
export function createObserver(ports: ObserverPorts, handle: (request: Request) => Response | Promise<Response>) {
  return async (request: Request): Promise<Response> => {
    const startedAt = ports.now();
    const id = request.headers.get("cf-ray") ?? crypto.randomUUID();
    const route = routeName(new URL(request.url).pathname);
    const response = (await tooMany(ports, request, route)) ?? (await handle(request));
    const { headers, status } = response;
    headers.set("raya-request", id);
    const ms = ports.now() - startedAt;
    const bytes = Number(headers.get("content-length") ?? 0);
    const [source, code] = [headers.get("raya-source") ?? "", headers.get("raya-error") ?? ""];
    ports.metrics.add("requests_total", { route, status: String(status), source });
    ports.metrics.add("request_milliseconds_total", { route }, ms);
    ports.metrics.add("response_bytes_total", { route }, bytes);
    ports.record({ id, method: request.method, route, status, source, code, ms, bytes });
    return response;
  };
}

async function tooMany(ports: ObserverPorts, request: Request, route: string): Promise<Response | undefined> {
  const kind = isLogin(request, route) ? "login" : "other";
  if (await ports.isAllowed(kind, request.headers.get("cf-connecting-ip") ?? "unknown")) return undefined;
  ports.metrics.add("limited_total", { kind });
  const message = "There were too many requests from this address";
  const response = toResponse(new LoaderError("ERR_RATE_LIMITED", message, { hint: "wait a minute and try again" }));
  response.headers.set("retry-after", RETRY_AFTER);
  return response;
}

/** Where keys are tried. */
function isLogin({ method }: Request, route: string): boolean {
  return (
    method !== "GET" && method !== "HEAD" && /^npm\/-\/(?:user|v1\/login|login|npm\/tokens|npm\/v1\/tokens)/.test(route)
  );
}
