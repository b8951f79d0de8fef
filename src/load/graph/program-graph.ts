import type { RbinFile, RbinIndex } from "../../artifact/read-rbin.ts";
import { COMPILER_ID } from "../../compile/compile-objects.ts";
import { isLoaderError, LoaderError } from "../../errors.ts";
import { type BodySink, fetchBytes } from "../../fetch/fetch-bytes.ts";
import { GRAPH_TYPE } from "../../fetch/graph/graph-format.ts";
import { FrameReader } from "../../fetch/graph/read-frames.ts";
import type { ImportRequest } from "../../link/collect-requests.ts";
import type { LoadOptions, Project } from "../../loader.ts";
import type { Lock } from "../../lock/lock.ts";
import type { LoadContext } from "../load-context.ts";
import { manifestTexts } from "../program-manifests.ts";
import { type ArrivedPackage, GraphArrivals } from "./graph-arrivals.ts";
import type { GraphQuestion, WantedImport } from "./graph-question.ts";

const SUBJECT = "the graph of the program";

/**
 * What an edge answers about one program: which packages its imports mean, and what of them it needs, in one stream. It is
 * asked when something is first missing. Where it cannot answer, the program is loaded as if there were none.
 */
export class ProgramGraph {
  readonly #context: LoadContext;
  readonly #project: Project;
  readonly #options: LoadOptions;
  readonly #url: string;
  readonly #arrivals = new GraphArrivals();
  #imports: readonly WantedImport[] = [];
  #answer: Promise<void> | undefined;
  #hasEnded = false;
  /** Settles when something has come, or nothing more will. */
  #arrival = Promise.withResolvers<void>();

  constructor(url: string, project: Project, options: LoadOptions, context: LoadContext) {
    this.#url = url;
    this.#project = project;
    this.#options = options;
    this.#context = context;
  }

  /** What the project imports. */
  want(requests: readonly ImportRequest[]): void {
    this.#imports = requests.map(({ specifier, from, kind, type }) => ({
      specifier,
      from,
      kind,
      ...(type === undefined ? {} : { type }),
    }));
  }

  /**
   * The lockfile of the answer.
   * @param isFinal whether what packages turn out to need has to be in it
   */
  async lock(isFinal: boolean): Promise<Lock | undefined> {
    await this.#wait(() => (isFinal ? undefined : this.#arrivals.lock));
    return this.#arrivals.lock?.lock;
  }

  /**
   * What has come of a package, as soon as its index is there.
   * @param name `name@version`
   */
  package(name: string): Promise<ArrivedPackage | undefined> {
    return this.#wait(() => this.#arrivals.find(name));
  }

  /** A file of a package whose index is `index`, as soon as it has come. */
  file(index: RbinIndex, file: RbinFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#wait(() => this.#arrivals.find(index.header.package)?.files.get(file.index));
  }

  /** Of the wrong bytes that an edge has sent nothing was taken; what else it says is not asked for again. */
  passOver(error: LoaderError): void {
    const message = `${this.#url} was passed over: ${error.message}`;
    this.#context.emit({ stage: "fetch", kind: "warning", subject: SUBJECT, message });
  }

  async #wait<Value>(find: () => Value | undefined): Promise<Value | undefined> {
    const answer = (this.#answer ??= this.#ask());
    for (;;) {
      const found = find();
      if (found !== undefined || this.#hasEnded) return found;
      await Promise.race([this.#arrival.promise, answer]);
    }
  }

  async #ask(): Promise<void> {
    const { fetchContext, limits } = this.#context;
    const { signal } = this.#options;
    try {
      await fetchBytes(fetchContext, {
        url: `${this.#url}graph`,
        subject: SUBJECT,
        limit: limits.unpackedBytes,
        headers: { accept: GRAPH_TYPE, "content-type": "application/json" },
        // What has come of an answer that broke off is not asked for again.
        body: () => JSON.stringify(this.#question()),
        accept: assertType,
        receive: () => this.#receive(),
        signal,
      });
      if (this.#arrivals.error !== undefined) this.passOver(this.#arrivals.error);
    } catch (error) {
      // What ends because the load has been given up ends with it.
      if (isLoaderError(error)) this.passOver(error);
      else if (signal?.aborted !== true) throw error;
    } finally {
      this.#hasEnded = true;
      this.#tell();
    }
  }

  #receive(): BodySink {
    const reader = new FrameReader(this.#context.limits.unpackedBytes);
    return {
      write: (chunk) => {
        for (const frame of reader.push(chunk)) {
          this.#arrivals.take(frame);
          this.#tell();
        }
      },
      end: () => {
        if (reader.hasEnded) return;
        throw new LoaderError("ERR_FETCH_FAILED", `"${SUBJECT}" was cut off`, { url: this.#url });
      },
    };
  }

  #tell(): void {
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
  }

  #question(): GraphQuestion {
    const { options, mode, host } = this.#context;
    const { before, minimumReleaseAge, releaseAgeExceptions } = options;
    const lock = this.#arrivals.lock?.text ?? this.#options.lockfile;
    const files = new Map(Object.entries(this.#project.files));
    return {
      compiler: COMPILER_ID,
      imports: this.#imports,
      mode: this.#options.mode ?? mode,
      conditions: options.conditions ?? [],
      builtins: [...(options.builtins ?? host.builtins ?? [])],
      manifests: Object.fromEntries([...manifestTexts(files)].map(([path, text]) => [`/${path}`, text])),
      overrides: options.overrides ?? {},
      ...(before === undefined ? {} : { before: before.getTime() }),
      ...(minimumReleaseAge === undefined ? {} : { minimumReleaseAge }),
      ...(releaseAgeExceptions === undefined ? {} : { releaseAgeExceptions }),
      ...(lock === undefined ? {} : { lock }),
      held: this.#arrivals.held(),
    };
  }
}

function assertType({ headers }: Response): void {
  const type = headers.get("content-type") ?? "";
  if (type.startsWith(GRAPH_TYPE)) return;
  throw new LoaderError("ERR_UNEXPECTED_TYPE", `The edge's answer is "${type}", not a graph`, { actual: type });
}
