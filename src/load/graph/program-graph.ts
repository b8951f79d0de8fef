import type { RbinFile, RbinIndex } from "../../artifact/read-rbin.ts";
import { COMPILER_ID } from "../../compile/compile-objects.ts";
import { isLoaderError, type LoaderError } from "../../errors.ts";
import type { LoadOptions, Project } from "../../loader.ts";
import type { Lock } from "../../lock/lock.ts";
import { printLockJson } from "../../lock/print-lock.ts";
import type { LoadContext } from "../load-context.ts";
import { manifestTexts } from "../program-manifests.ts";
import { type ArrivedPackage, GraphArrivals } from "./graph-arrivals.ts";
import type { GraphQuestion, WantedImport } from "./graph-question.ts";
import { GRAPH_SUBJECT, GraphRound } from "./graph-round.ts";
import type { Arrivals } from "./package-arrivals.ts";
import type { HeldPackage } from "../held-packages.ts";

/** What an edge is told of a program beside its imports. */
export interface ProgramGraphPorts {
  readonly project: Project;
  readonly options: LoadOptions;
  readonly context: LoadContext;
  /** What is locked by now; undefined where nothing is. */
  lock(): Lock | undefined;
  /** What is stored of packages that are locked. */
  held(): Promise<readonly HeldPackage[]>;
}

/** A question that is asked when something is first missing. */
interface Round {
  readonly imports: readonly WantedImport[];
  readonly answer: GraphRound;
  asked?: Promise<void>;
}

/**
 * What an edge answers about one program: which packages its imports mean, and what of them it needs, in one stream. It is
 * asked when something is first missing, and again when the program imports more. Where it cannot answer, the program is
 * loaded as if there were none.
 */
export class ProgramGraph implements Arrivals {
  readonly #edge: string;
  readonly #ports: ProgramGraphPorts;
  readonly #arrivals = new GraphArrivals();
  readonly #rounds: Round[] = [];
  #isOver = false;
  /** Settles when something has come, or nothing more will. */
  #arrival = Promise.withResolvers<void>();

  /** @param edge base URL, ends with `/` */
  constructor(edge: string, ports: ProgramGraphPorts) {
    this.#edge = edge;
    this.#ports = ports;
  }

  /** Notes what the program imports, from now on. */
  want(imports: readonly WantedImport[]): void {
    const { context, options } = this.#ports;
    const answer = new GraphRound({
      url: `${this.#edge}graph`,
      context,
      signal: options.signal,
      arrivals: this.#arrivals,
      onArrival: () => this.#tell(),
      onLack: (error) => this.#warn(error),
      onFailure: (error) => this.passOver(error),
    });
    if (imports.length > 0) this.#rounds.push({ imports: imports.map(toWanted), answer });
  }

  /**
   * The lockfile of the last answer.
   * @param isFinal whether what packages turn out to need has to be in it
   */
  async lock(isFinal: boolean): Promise<Lock | undefined> {
    const last = this.#rounds.at(-1);
    await this.#wait(() => (isFinal ? undefined : last?.answer.lock));
    return last?.answer.lock;
  }

  package(name: string): Promise<ArrivedPackage | undefined> {
    return this.#wait(() => this.#arrivals.find(name));
  }

  async file(index: RbinIndex, digest: string, file: RbinFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const find = (): Uint8Array<ArrayBuffer> | undefined => this.#arrivals.know(digest, index).get(file.index);
    try {
      return await this.#wait(find);
    } catch (error) {
      if (!isLoaderError(error)) throw error;
      this.passOver(error);
      return undefined;
    }
  }

  async maps(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const withMaps = this.#ports.context.options.sourceMaps === true;
    return withMaps ? this.#wait(() => this.#arrivals.maps(name)) : undefined;
  }

  /** Of the wrong bytes that an edge has sent nothing is used, and it is not asked again. */
  passOver(error: LoaderError): void {
    this.#isOver = true;
    this.#warn(error);
  }

  #warn(error: LoaderError): void {
    const message = `${this.#edge} was passed over: ${error.message}`;
    this.#ports.context.emit({ stage: "fetch", kind: "warning", subject: GRAPH_SUBJECT, message });
  }

  async #wait<Value>(find: () => Value | undefined): Promise<Value | undefined> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const asked = this.#ask();
      if (this.#rounds.every(({ answer }) => answer.hasEnded || this.#isOver)) return find();
      await Promise.race([this.#arrival.promise, ...asked]);
    }
  }

  /** The answers that are on their way. */
  #ask(): Promise<void>[] {
    return this.#rounds.flatMap((round, place) => {
      if (this.#isOver || round.answer.hasEnded) return [];
      round.asked ??= round.answer.ask(() => this.#question(place));
      return [round.asked];
    });
  }

  #tell(): void {
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
  }

  async #question(place: number): Promise<GraphQuestion> {
    const { project, options, context } = this.#ports;
    const { before, minimumReleaseAge, releaseAgeExceptions, ...settings } = context.options;
    const held = await this.#ports.held();
    const lock = this.#ports.lock();
    const files = new Map(Object.entries(project.files));
    // What was asked for before stays locked, and has come.
    const earlier = this.#rounds.slice(0, place).flatMap(({ imports }) => imports);
    const imports = earlier
      .filter((one) => one.package === undefined)
      .map((one) => ({ ...one, kind: "later" as const }));
    this.#arrivals.expect(held.map(({ index }) => index));
    return {
      compiler: COMPILER_ID,
      imports: [...imports, ...(this.#rounds[place]?.imports ?? [])],
      mode: options.mode ?? context.mode,
      conditions: settings.conditions ?? [],
      builtins: [...(settings.builtins ?? context.host.builtins ?? [])],
      manifests: Object.fromEntries([...manifestTexts(files)].map(([path, text]) => [`/${path}`, text])),
      overrides: settings.overrides ?? {},
      ...(before === undefined ? {} : { before: before.getTime() }),
      ...(minimumReleaseAge === undefined ? {} : { minimumReleaseAge }),
      ...(releaseAgeExceptions === undefined ? {} : { releaseAgeExceptions }),
      ...(lock === undefined ? {} : { lock: printLockJson(lock) }),
      maps: settings.sourceMaps === true,
      held: held.flatMap(({ digests }) => digests),
    };
  }
}

function toWanted({ specifier, from, kind, type, package: owner }: WantedImport): WantedImport {
  return {
    specifier,
    from,
    kind,
    ...(type === undefined ? {} : { type }),
    ...(owner === undefined ? {} : { package: owner }),
  };
}
