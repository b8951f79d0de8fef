import { WorkerEntrypoint } from "cloudflare:workers";
import { LoaderError } from "../../errors.ts";

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

/**
 * The only way out of isolates that may use the network: requests to origins of the list go on, all others fail with
 * ERR_ORIGIN_NOT_ALLOWED; each is a line of JSON in the log. Redirects go back to the isolate, whose runtime follows them
 * through the gate, hop by hop. A worker that runs programs exports this class and hands `ctx.exports.NetworkGate` to
 * `runProgram`.
 */
export class NetworkGate extends WorkerEntrypoint<unknown, GateProps> {
  override async fetch(request: Request): Promise<Response> {
    const start = Date.now();
    const { origins, program } = this.ctx.props;
    const { method } = request;
    const { origin } = new URL(request.url);
    const log = (outcome: GateEvent["outcome"]): void => {
      const event: GateEvent = { program, method, origin, outcome, ms: Date.now() - start };
      console.log(JSON.stringify({ stage: "run", kind: "fetch", ...event }));
    };
    if (!origins.includes(origin)) {
      log("refused");
      throw new LoaderError("ERR_ORIGIN_NOT_ALLOWED", `The program may not reach "${origin}"`, { url: origin });
    }
    const response = await fetch(request, { redirect: "manual" });
    log(response.status);
    return response;
  }
}
