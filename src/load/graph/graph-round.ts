import { isLoaderError, LoaderError } from "../../errors.ts";
import { type BodySink, fetchBytes } from "../../fetch/fetch-bytes.ts";
import { GRAPH_TYPE } from "../../fetch/graph/graph-format.ts";
import { FrameReader } from "../../fetch/graph/read-frames.ts";
import type { Lock } from "../../lock/lock.ts";
import type { LoadContext } from "../load-context.ts";
import { type GraphArrivals, readGraphEnd, readGraphLock } from "./graph-arrivals.ts";
import type { GraphQuestion } from "./graph-question.ts";

/** Names what is asked for in events and errors. */
export const GRAPH_SUBJECT = "the graph of the program";

/** What a question needs from outside. */
export interface GraphRoundPorts {
  readonly url: string;
  readonly context: Pick<LoadContext, "fetchContext" | "limits">;
  readonly signal: AbortSignal | undefined;
  readonly arrivals: GraphArrivals;
  /** Hears that something has come. */
  readonly onArrival: () => void;
  /** Hears why the edge had not all that was asked for. */
  readonly onLack: (error: LoaderError) => void;
  /** Hears why there is no answer, or none that could be used. */
  readonly onFailure: (error: LoaderError) => void;
}

/** One question to an edge, asked again where its answer breaks off, and what is only this answer's. */
export class GraphRound {
  readonly #ports: GraphRoundPorts;
  #lock: { readonly text: string; readonly lock: Lock } | undefined;
  #hasEnded = false;

  constructor(ports: GraphRoundPorts) {
    this.#ports = ports;
  }

  /** The lockfile that everything after it is by. */
  get lock(): Lock | undefined {
    return this.#lock?.lock;
  }

  /** Whether nothing more will come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Settles when nothing more will come, whatever the reason. */
  async ask(prepare: () => Promise<GraphQuestion>): Promise<void> {
    const { context, signal, arrivals, onFailure } = this.#ports;
    try {
      const question = await prepare();
      await fetchBytes(context.fetchContext, {
        url: this.#ports.url,
        subject: GRAPH_SUBJECT,
        limit: context.limits.unpackedBytes,
        headers: { accept: GRAPH_TYPE, "content-type": "application/json" },
        // What has come of an answer that broke off is not asked for again.
        body: () => JSON.stringify({ ...question, ...this.#resumed(), held: [...question.held, ...arrivals.held()] }),
        accept: assertType,
        receive: () => this.#receive(),
        signal,
      });
    } catch (error) {
      // What ends because the load has been given up ends with it.
      if (isLoaderError(error)) onFailure(error);
      else if (signal?.aborted !== true) throw error;
    } finally {
      this.#hasEnded = true;
      this.#ports.onArrival();
    }
  }

  #resumed(): Partial<GraphQuestion> {
    return this.#lock === undefined ? {} : { lock: this.#lock.text };
  }

  #receive(): BodySink {
    const { context, arrivals, onArrival, onLack } = this.#ports;
    const reader = new FrameReader(context.limits.unpackedBytes);
    return {
      write: (chunk) => {
        for (const { kind, bytes } of reader.push(chunk)) {
          if (kind === "lock") this.#lock = readGraphLock(bytes);
          else if (kind !== "end") arrivals.take({ kind, bytes });
          const lack = kind === "end" ? readGraphEnd(bytes) : undefined;
          if (lack !== undefined) onLack(lack);
          onArrival();
        }
      },
      end: () => {
        if (reader.hasEnded) return;
        throw new LoaderError("ERR_FETCH_FAILED", `"${GRAPH_SUBJECT}" was cut off`, { url: this.#ports.url });
      },
    };
  }
}

function assertType({ headers }: Response): void {
  const type = headers.get("content-type") ?? "";
  if (type.startsWith(GRAPH_TYPE)) return;
  throw new LoaderError("ERR_UNEXPECTED_TYPE", `The edge's answer is "${type}", not a graph`, { actual: type });
}
