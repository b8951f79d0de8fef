import { isLoaderError, LoaderError } from "../../errors.ts";
import { type BodySink, fetchBytes } from "../../fetch/fetch-bytes.ts";
import { GRAPH_TYPE, type GraphFrame } from "../../fetch/graph/graph-format.ts";
import { FrameReader } from "../../fetch/graph/read-frames.ts";
import type { Lock } from "../../lock/lock.ts";
import { readLock } from "../../lock/read-lock.ts";
import type { LoadContext } from "../load-context.ts";
import { type GraphArrivals, readGraphEnd, readGraphLock } from "./graph-arrivals.ts";
import type { GraphQuestion } from "./graph-question.ts";
import { keepAnswer, readAnswer } from "./kept-answers.ts";

/** Names what is asked for in events and errors. */
export const GRAPH_SUBJECT = "the graph of the program";

/** What a question needs from outside. */
export interface GraphRoundPorts {
  readonly url: string;
  readonly context: Pick<LoadContext, "fetchContext" | "store" | "host" | "emit">;
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

  /**
   * Settles when nothing more will come, whatever the reason. Where nothing came, because nobody could be reached, the lockfile
   * is the one that the same question was last answered with.
   */
  async ask(prepare: () => Promise<GraphQuestion>): Promise<void> {
    const { signal, onFailure, context } = this.#ports;
    let question: GraphQuestion | undefined;
    try {
      question = await prepare();
      await this.#askOn(question);
    } catch (error) {
      // What ends because the load has been given up ends with it.
      if (!isLoaderError(error) && signal?.aborted === true) return;
      if (!isLoaderError(error)) throw error;
      if (question !== undefined && error.retryable) await this.#recall(question);
      onFailure(error);
    } finally {
      this.#hasEnded = true;
      this.#ports.onArrival();
    }
    if (question !== undefined && this.#lock !== undefined) await keepAnswer(question, this.#lock.text, context);
  }

  async #recall(question: GraphQuestion): Promise<void> {
    const text = this.#lock === undefined ? await readAnswer(question, this.#ports.context) : undefined;
    if (text !== undefined) this.#lock = { text, lock: readLock(text) };
  }

  /** Asks once more after an answer that broke off, as long as something came of it: else the registry is nearer. */
  async #askOn(question: GraphQuestion): Promise<void> {
    const { arrivals, context } = this.#ports;
    for (;;) {
      const before = arrivals.held().length;
      try {
        return await this.#askOnce(question);
      } catch (error) {
        if (!isLoaderError(error) || !error.retryable || arrivals.held().length === before) throw error;
        const message = `Asked again for what has not come: ${error.message}`;
        context.emit({ stage: "fetch", kind: "warning", subject: GRAPH_SUBJECT, message });
      }
    }
  }

  async #askOnce(question: GraphQuestion): Promise<void> {
    const { signal, arrivals } = this.#ports;
    const { fetchContext } = this.#ports.context;
    const held = [...question.held, ...arrivals.held()];
    const once = { ...fetchContext, limits: { ...fetchContext.limits, attempts: 1 } };
    await fetchBytes(once, {
      url: this.#ports.url,
      subject: GRAPH_SUBJECT,
      limit: fetchContext.limits.unpackedBytes,
      headers: { accept: GRAPH_TYPE, "content-type": "application/json" },
      body: JSON.stringify({ ...question, ...this.#resumed(), held }),
      accept: assertType,
      sink: this.#receive(),
      signal,
    });
  }

  #resumed(): Partial<GraphQuestion> {
    return this.#lock === undefined ? {} : { lock: this.#lock.text };
  }

  #receive(): BodySink {
    const { context, onArrival, onLack } = this.#ports;
    const reader = new FrameReader(context.fetchContext.limits.unpackedBytes);
    return {
      write: (chunk) => {
        for (const frame of reader.push(chunk)) {
          const { kind, bytes } = frame;
          if (kind === "lock") this.#lock = readGraphLock(bytes);
          else if (kind !== "end") this.#take(frame);
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

  #take(frame: GraphFrame): void {
    const { arrivals, context } = this.#ports;
    const arrived = arrivals.take(frame);
    if (arrived === undefined) return;
    const { package: subject } = arrived.index.header;
    context.emit({ stage: "fetch", kind: "done", subject, source: arrived.source });
    context.emit({ stage: "verify", kind: "done", subject });
  }
}

function assertType({ headers }: Response): void {
  const type = headers.get("content-type") ?? "";
  if (type.startsWith(GRAPH_TYPE)) return;
  throw new LoaderError("ERR_UNEXPECTED_TYPE", `The edge's answer is "${type}", not a graph`, { actual: type });
}
