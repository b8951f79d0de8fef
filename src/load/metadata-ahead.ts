import { isLoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { FetchContext, FetchedBytes } from "../fetch/fetch-bytes.ts";
import { reduceManifest } from "../fetch/reduce-packument.ts";
import type { Credentials } from "../fetch/registries/credentials.ts";
import { fetchMetadataAhead } from "../solve/fetch-metadata-ahead.ts";
import type { MetadataQuestion } from "../solve/metadata-question.ts";
import { readMetadataText } from "../solve/metadata-text.ts";
import { type PackageMetadata, reduceVersion } from "../solve/reduce-metadata.ts";
import type { ContentStore, StoredObject } from "../store/content-store.ts";
import { sha256Hex } from "../verify/digest.ts";
import { type CopyFacts, factsOf, isCopyFacts, isFresh } from "./copy-facts.ts";
import type { MetadataOptions } from "./metadata-source.ts";

/** Asks an edge for the metadata of all that a program leads to; what it does not answer is asked for by name. */
export type MetadataAhead = (
  question: MetadataQuestion,
  options?: MetadataOptions,
) => Promise<ReadonlyMap<string, PackageMetadata>>;

interface AheadPorts {
  readonly fetchContext: FetchContext;
  readonly store: ContentStore;
  readonly emit: Emit;
  /** URL of the edge's registry; ends with `/`. */
  readonly base: string;
  readonly credentials: Credentials | undefined;
  /** Whether the store is used. */
  readonly keep: boolean;
  /** Base URL of the registry that a package comes from: of others this edge's word does not count. */
  readonly addressOf: (name: string) => string;
}

/** Changes whenever an answer says something else. */
const FORM = "ahead-1";
const SUBJECT = "metadata";

/**
 * Answers are stored by their question and used again while they are fresh, or as long as the edge is out of reach.
 * @returns what throws, from the edge, that will not pass; and ERR_PACKUMENT_INVALID
 */
export function createMetadataAhead(ports: AheadPorts): MetadataAhead {
  return async (question, { storedOnly = false, signal } = {}) => {
    const text = JSON.stringify(question);
    const key = `metadata-${FORM}:${ports.base}${await sha256Hex(new Uint8Array(new TextEncoder().encode(text)))}`;
    const stored = ports.keep ? await readStored(ports, key) : undefined;
    if (storedOnly || (stored !== undefined && isFresh(stored.facts))) return readAnswer(ports, stored?.object.bytes);
    try {
      const answer = await fetchMetadataAhead(ports.fetchContext, question, { ...ports, signal });
      await keepAnswer(ports, key, answer);
      return readAnswer(ports, answer.bytes);
    } catch (error) {
      if (!isLoaderError(error) || !error.retryable) throw error;
      // Of single packages there may be copies.
      const message = `packages are asked about one by one: ${error.message}`;
      ports.emit({ stage: "fetch", kind: "warning", subject: SUBJECT, message });
      return readAnswer(ports, stored?.object.bytes);
    }
  };
}

interface StoredAnswer {
  readonly object: StoredObject;
  readonly facts: CopyFacts;
}

/** A damaged one counts as missing: the store has removed it. */
async function readStored({ store, emit }: AheadPorts, key: string): Promise<StoredAnswer | undefined> {
  try {
    const object = await store.read(key, {});
    if (object === undefined || !isCopyFacts(object.record.metadata)) return undefined;
    emit({ stage: "store", kind: "hit", subject: SUBJECT, bytes: object.bytes.length });
    return { object, facts: object.record.metadata };
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_STORE_CORRUPT") throw error;
    emit({ stage: "store", kind: "heal", subject: SUBJECT, message: error.message });
    return undefined;
  }
}

async function keepAnswer({ store, keep }: AheadPorts, key: string, { bytes, headers }: FetchedBytes): Promise<void> {
  const facts = keep ? factsOf(headers) : undefined;
  if (facts !== undefined) await store.keep(key, {}, { bytes, metadata: facts });
}

function readAnswer({ addressOf, base }: AheadPorts, bytes: Uint8Array | undefined): Map<string, PackageMetadata> {
  const packages = readMetadataText(bytes === undefined ? "" : new TextDecoder().decode(bytes), reduceAsLoaded);
  return new Map([...packages].filter(([name]) => addressOf(name) === base));
}

/** What the loader takes of a version, whoever tells it, and when it was published. */
function reduceAsLoaded(raw: unknown, name: string, version: string): ReturnType<typeof reduceVersion> {
  const { published } = reduceVersion(raw, name, version);
  const manifest = reduceManifest({ ...(raw as object), name, version }, name, version);
  return published === undefined ? manifest : { ...manifest, published };
}
