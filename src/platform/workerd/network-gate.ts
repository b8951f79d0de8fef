import { WorkerEntrypoint } from "cloudflare:workers";
import { LoaderError } from "../../errors.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";

/** What a program may reach. */
export interface GateProps {
  /** Origins, as in `new URL(x).origin`. */
  readonly origins: readonly string[];
  /** Names the program in the log. */
  readonly program: string;
}

/** One line of the log: what a program asked for. Neither paths nor headers, which may hold secrets. */
interface GateEvent {
  readonly program: string;
  readonly method: string;
  readonly origin: string;
  readonly outcome: number | "refused";
  readonly ms: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * The only way out of isolates that may use the network: requests to origins of the list go on, redirects hop by hop, all
 * others fail with ERR_ORIGIN_NOT_ALLOWED; each is a line of JSON in the log. A worker that runs programs exports this class
 * and hands `ctx.exports.NetworkGate` to `runProgram`.
 */
export class NetworkGate extends WorkerEntrypoint<unknown, GateProps> {
  override async fetch(request: Request): Promise<Response> {
    const start = Date.now();
    const { program } = this.ctx.props;
    const log = (url: string, outcome: GateEvent["outcome"]): void => {
      const { origin } = new URL(url);
      const event: GateEvent = { program, method: request.method, origin, outcome, ms: Date.now() - start };
      console.log(JSON.stringify({ stage: "run", kind: "fetch", ...event }));
    };
    let hop = request;
    for (let hops = 0; ; hops++) {
      this.#assertAllowed(hop.url, log);
      // What is sent along is read once: a copy goes on where a redirect may want it again.
      const response = await fetch(hop.clone(), { redirect: "manual" });
      log(hop.url, response.status);
      const location = response.headers.get("location");
      if (request.redirect === "manual" || location === null || !REDIRECTS.has(response.status)) return response;
      if (request.redirect === "error" || hops === DEFAULT_LIMITS.redirects) {
        const message = `"${new URL(request.url).origin}" redirects ${hops === 0 ? "" : "too often"}`.trim();
        throw new LoaderError("ERR_TOO_MANY_REDIRECTS", message, { url: request.url });
      }
      hop = redirected(hop, new URL(location, hop.url).href, response.status);
    }
  }

  #assertAllowed(url: string, log: (url: string, outcome: "refused") => void): void {
    const { origin } = new URL(url);
    if (this.ctx.props.origins.includes(origin)) return;
    log(url, "refused");
    throw new LoaderError("ERR_ORIGIN_NOT_ALLOWED", `The program may not reach "${origin}"`, { url: origin });
  }
}

/** As the Fetch standard has it: what was sent to one origin with secrets does not go to another with them. */
function redirected(from: Request, url: string, status: number): Request {
  const becomesGet = (status === 303 && from.method !== "HEAD") || (status < 303 && from.method === "POST");
  const headers = new Headers(from.headers);
  if (new URL(url).origin !== new URL(from.url).origin) {
    for (const name of ["authorization", "cookie", "proxy-authorization"]) headers.delete(name);
  }
  if (!becomesGet) return new Request(url, { method: from.method, headers, body: from.body, redirect: "manual" });
  for (const name of ["content-type", "content-length", "content-encoding", "content-language"]) headers.delete(name);
  return new Request(url, { headers, redirect: "manual" });
}
