import { LoaderError } from "../src/errors.ts";
import type { LoaderEvent } from "../src/events.ts";
import type { LoadOptions, Project } from "../src/loader.ts";
import type { Image, RealmServices } from "../src/run/image.ts";
import type { LoaderCall, LoaderCalls, LoaderRequest, LoaderResponse, ProgramFacts } from "./loader-messages.ts";

/** A linked program that lives in the worker; the page holds its image and asks the worker for the rest. */
export interface LoadedProgram {
  readonly image: Image;
  readonly facts: ProgramFacts;
  readonly services: RealmServices;
  /** Lets the worker forget it. */
  release(): void;
}

interface PendingCall {
  resolve(answer: never): void;
  reject(error: unknown): void;
}

/** The page's side of the loader's worker. */
export class LoaderClient {
  #worker: Worker | undefined;
  readonly #onEvent: (event: LoaderEvent) => void;
  readonly #pending = new Map<number, PendingCall>();
  #lastId = 0;

  constructor(onEvent: (event: LoaderEvent) => void) {
    this.#onEvent = onEvent;
    this.#startWorker();
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL("./loader-worker.ts", import.meta.url), { type: "module", name: "raya-loader" });
    worker.addEventListener("message", ({ data }: MessageEvent<LoaderResponse>) => this.#receive(data));
    worker.addEventListener("error", (event) => {
      // Whatever it still does, nobody can rely on; the next call gets a new one.
      worker.terminate();
      this.#worker = undefined;
      this.#rejectAll(new Error(`The loader's worker broke: ${event.message || "its script could not be loaded"}`));
    });
    this.#worker = worker;
    return worker;
  }

  /**
   * Loads and links `project`; runs nothing. `onFacts` hears of packages that the running program adds later.
   * @throws LoaderError whatever the loader gives; the signal's reason when aborted
   */
  async load(project: Project, options: LoadOptions, onFacts: (facts: ProgramFacts) => void): Promise<LoadedProgram> {
    const { signal, ...rest } = options;
    signal?.throwIfAborted();
    const { id, answer } = this.#call({ name: "load", request: { project, options: rest } });
    const cancel = () => this.#post({ kind: "cancel", id });
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const { image, ...facts } = await answer;
      return {
        image,
        facts,
        services: this.#services(id, onFacts),
        release: () => this.#post({ kind: "release", program: id }),
      };
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /**
   * Reads a lockfile and gives the number of packages in it.
   * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION
   */
  async checkLockfile(text: string): Promise<number> {
    return (await this.#call({ name: "checkLockfile", request: { text } }).answer).packages;
  }

  #services(program: number, onFacts: (facts: ProgramFacts) => void): RealmServices {
    return {
      importModule: async (specifier, referrer, type) => {
        const request = { program, specifier, referrer, type };
        const { part, ...facts } = await this.#call({ name: "importModule", request }).answer;
        onFacts(facts);
        return part;
      },
      linkWorker: async (script) => {
        const { id, answer } = this.#call({ name: "linkWorker", request: { program, script } });
        const { image, scripts, ...facts } = await answer;
        onFacts(facts);
        return { image, scripts, ...this.#services(id, onFacts) };
      },
      readAsset: async (url) => (await this.#call({ name: "readAsset", request: { program, url } }).answer).asset,
      locate: async (text) => (await this.#call({ name: "locate", request: { program, text } }).answer).text,
    };
  }

  #call<Call extends LoaderCall>(call: Call): { id: number; answer: Promise<LoaderCalls[Call["name"]]["answer"]> } {
    const id = ++this.#lastId;
    const answer = new Promise<LoaderCalls[Call["name"]]["answer"]>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    this.#post({ kind: "call", id, call });
    return { id, answer };
  }

  #post(request: LoaderRequest): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only a window's has one
    (this.#worker ?? this.#startWorker()).postMessage(request);
  }

  #receive(response: LoaderResponse): void {
    if (response.kind === "event") return this.#onEvent(response.event);
    const call = this.#pending.get(response.id);
    if (call === undefined) return;
    this.#pending.delete(response.id);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the id ties the answer to the type that its call promised
    if (response.kind === "answer") call.resolve(response.answer as never);
    else if (response.kind === "failed") call.reject(LoaderError.fromJSON(response.error));
    else if (response.kind === "aborted") call.reject(new DOMException("The load was stopped", "AbortError"));
    else call.reject(new Error(response.message));
  }

  #rejectAll(error: Error): void {
    for (const call of this.#pending.values()) call.reject(error);
    this.#pending.clear();
  }
}
