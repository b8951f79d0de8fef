import { type ErrorDetails, isLoaderError, LoaderError } from "../errors.ts";
import type { Emit, Source } from "../events.ts";
import { validatorsOf } from "../fetch/file-version.ts";
import type { ParallelLimit } from "../fetch/limit-parallel.ts";
import type { FetchedMetadata, Registry } from "../fetch/registry.ts";
import { createSingleFlight } from "../fetch/single-flight.ts";
import type { Host } from "../host.ts";
import type { ContentStore, StoredObject } from "../store/content-store.ts";
import { type CopyFacts, factsOf, isCopyFacts, isFresh } from "./copy-facts.ts";
import { notCachedError } from "./offline-errors.ts";

/** What is kept of packuments: all that is asked of them later, and no more. */
export interface KeptMetadata<Metadata> {
  /** Names the form in the store; changes whenever `reduce` keeps something else. */
  readonly form: string;
  /** Whether whole packuments are needed: only they have `time`. */
  readonly whole: boolean;
  /**
   * Checks a packument and reduces it. `name` is its result's first field, and of its own result as JSON it makes the same.
   * @throws LoaderError ERR_PACKUMENT_INVALID
   */
  reduce(raw: unknown, name: string): Metadata;
}

/** One question's settings. */
export interface MetadataOptions {
  /** Never use the network, whatever the age of what is stored. Default false. */
  readonly storedOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FoundMetadata<Metadata> {
  readonly metadata: Metadata;
  /** Where its bytes came from this time. */
  readonly source: Source;
}

/**
 * Gives a package's metadata: from the store while it is fresh, else from the registry, which is asked whether what is stored
 * has changed. While the registry is out of reach, what is stored is used, with a `warning`. Questions for one name are joined.
 * @throws LoaderError ERR_NOT_CACHED, ERR_PACKAGE_NOT_FOUND, ERR_PACKUMENT_INVALID, ERR_INVALID_PACKAGE_NAME, and what
 * fetching throws
 */
export type MetadataSource<Metadata> = (name: string, options?: MetadataOptions) => Promise<FoundMetadata<Metadata>>;

export interface MetadataPorts {
  readonly registry: Registry;
  readonly store: ContentStore;
  readonly host: Pick<Host, "bytes" | "records">;
  readonly parallel: ParallelLimit;
  readonly emit: Emit;
  /** Whether the store is used. */
  readonly keep: boolean;
}

interface Copy {
  readonly object: StoredObject;
  readonly facts: CopyFacts;
}

export function createMetadataSource<Metadata>(
  ports: MetadataPorts,
  kept: KeptMetadata<Metadata>,
): MetadataSource<Metadata> {
  const flights = createSingleFlight<FoundMetadata<Metadata>>();
  return (name, { storedOnly = false, signal } = {}) => {
    const lookUp = new MetadataLookUp(ports, kept, name);
    const find = (shared: AbortSignal) => (storedOnly ? lookUp.stored() : lookUp.current(shared));
    return flights(`${storedOnly ? "stored" : "current"} ${name}`, find, signal);
  };
}

/** One package's metadata, on its way. */
class MetadataLookUp<Metadata> {
  readonly #ports: MetadataPorts;
  readonly #kept: KeptMetadata<Metadata>;
  readonly #name: string;
  readonly #key: string;
  readonly #details: ErrorDetails;

  constructor(ports: MetadataPorts, kept: KeptMetadata<Metadata>, name: string) {
    this.#ports = ports;
    this.#kept = kept;
    this.#name = name;
    // Two registries may have different packages of one name.
    this.#key = `metadata-${kept.form}:${ports.registry.addressOf(name)}${name}`;
    this.#details = { package: name };
  }

  async stored(): Promise<FoundMetadata<Metadata>> {
    const copy = await this.#read();
    if (copy === undefined) throw notCachedError(this.#name, { ...this.#details, specifier: this.#name });
    return this.#ofCopy(copy);
  }

  async current(signal: AbortSignal): Promise<FoundMetadata<Metadata>> {
    const copy = await this.#read();
    if (copy !== undefined && isFresh(copy.facts)) return this.#ofCopy(copy);
    try {
      const fetched = await this.#fetch(copy, signal);
      if (fetched.json !== undefined) return await this.#replace(fetched, copy);
      return await this.#confirm(fetched, copy);
    } catch (error) {
      if (copy === undefined || !isLoaderError(error) || !error.retryable) throw error;
      const since = new Date(copy.facts.confirmedAt).toISOString();
      const message = `what the registry had at ${since} is used: ${error.message}`;
      this.#ports.emit({ stage: "fetch", kind: "warning", subject: this.#name, message });
      return this.#ofCopy(copy);
    }
  }

  /** A damaged copy counts as missing: the store has removed it. */
  async #read(): Promise<Copy | undefined> {
    const { store, emit, keep } = this.#ports;
    if (!keep) return undefined;
    const start = `{"name":${JSON.stringify(this.#name)},`;
    const check = ({ bytes }: StoredObject): void => {
      const actual = new TextDecoder().decode(bytes.subarray(0, new TextEncoder().encode(start).length));
      if (actual === start) return;
      throw new LoaderError("ERR_PACKUMENT_INVALID", "it is another package's", {
        ...this.#details,
        expected: start,
        actual,
      });
    };
    try {
      const object = await store.read(this.#key, this.#details, check);
      if (object === undefined || !isCopyFacts(object.record.metadata)) return undefined;
      emit({ stage: "store", kind: "hit", subject: this.#name, bytes: object.bytes.length });
      return { object, facts: object.record.metadata };
    } catch (error) {
      if (!isLoaderError(error) || error.code !== "ERR_STORE_CORRUPT") throw error;
      emit({ stage: "store", kind: "heal", subject: this.#name, message: error.message });
      return undefined;
    }
  }

  /** With a copy in hand there is one attempt: it can be used instead. */
  #fetch(copy: Copy | undefined, signal: AbortSignal): Promise<FetchedMetadata> {
    const { registry, parallel } = this.#ports;
    const request = { name: this.#name, whole: this.#kept.whole, signal };
    const validators = copy && validatorsOf(copy.facts);
    return parallel(() => registry.metadata(copy === undefined ? request : { ...request, validators, attempts: 1 }));
  }

  async #replace({ json, headers, source }: FetchedMetadata, copy: Copy | undefined): Promise<FoundMetadata<Metadata>> {
    const { store, host, keep } = this.#ports;
    const metadata = this.#kept.reduce(json, this.#name);
    const facts = keep ? factsOf(headers) : undefined;
    if (facts !== undefined) {
      const bytes = new Uint8Array(new TextEncoder().encode(JSON.stringify(metadata)));
      const { digest } = await store.keep(this.#key, this.#details, { bytes, metadata: facts });
      // The bytes begin with the package's name: no other key leads to them but another registry's, which fetches again.
      if (copy !== undefined && copy.object.record.digest !== digest)
        await host.bytes.delete(copy.object.record.digest);
    }
    return { metadata, source };
  }

  /** Nothing is newer: only the record changes. */
  async #confirm({ headers }: FetchedMetadata, copy: Copy | undefined): Promise<FoundMetadata<Metadata>> {
    if (copy === undefined) throw new TypeError(`"${this.#name}" is not stored, and yet not modified`);
    const facts = { ...copy.facts, ...factsOf(headers) };
    await this.#ports.store.keep(this.#key, this.#details, { bytes: copy.object.bytes, metadata: facts });
    return this.#ofCopy(copy);
  }

  #ofCopy({ object }: Copy): FoundMetadata<Metadata> {
    const raw: unknown = JSON.parse(new TextDecoder().decode(object.bytes));
    return { metadata: this.#kept.reduce(raw, this.#name), source: "browser" };
  }
}
