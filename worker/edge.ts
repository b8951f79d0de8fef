import type { Emit, Source } from "../src/events.ts";
import type { FetchContext } from "../src/fetch/fetch-bytes.ts";
import { createLimits, type Limits } from "../src/limits.ts";
import type { ByteStore, RecordStore } from "../src/store/byte-store.ts";
import { type ContentStore, createContentStore } from "../src/store/content-store.ts";
import type { Encoders } from "./answer-encoded.ts";
import type { ArtifactCompiler } from "./artifact-compiler.ts";
import { createMemoryCache, type MemoryCache } from "./memory-cache.ts";
import { createRecall, type Recall } from "./recall.ts";

/** What the edge app needs of the runtime it is mounted in. */
export interface EdgePorts {
  /** Base URL of the registry behind this app, ends with `/`. Empty: every package request fails with ERR_EDGE_CONFIGURATION. */
  readonly registry: string;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  readonly bytes: ByteStore;
  readonly records: RecordStore;
  /** What this app calls itself in `raya-source` when it answers from its own store. */
  readonly source: Extract<Source, "edge" | "browser">;
  /** Prefix that URL imports go on to, the encoded URL is appended; without it they are fetched here, by the allow-list. */
  readonly urlProxy?: string;
  /** Origins that URL imports may come from, redirects included. */
  readonly allowedOrigins: readonly string[];
  /** Compiles packages for who asks for their artifacts; without it there is no such route. */
  readonly compiler?: ArtifactCompiler;
  /** Reads the text of a source in a package's archive, for debuggers (`src/artifact/read-source.ts`); without it there is no such route. */
  readonly readSource?: (
    archive: Uint8Array<ArrayBuffer>,
    key: string,
    path: string,
    limits: Limits,
  ) => Promise<string | undefined>;
  /** What answers may be encoded with. Default none: where no network is between, they go out as they are. */
  readonly encoders?: Encoders;
  /** Clock, milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
  /** Keeps the current request's work alive after its client has gone. */
  waitUntil?(promise: Promise<unknown>): void;
  /**
   * Origin that clients reach this app under, written into packuments. Default: that of each request, which is whatever its
   * Host header says.
   */
  readonly publicOrigin?: string;
  /** Scopes (`@acme`) whose packages are never asked of the upstream: nobody can publish there in their name. */
  readonly privateScopes?: readonly string[];
  /** Bytes of what was used last that are kept in memory, checked. Default 0. */
  readonly memoryBytes?: number;
  readonly emit?: Emit;
  readonly limits?: Partial<Limits>;
}

/** The ports and what the routes share on top of them. */
export interface Edge {
  readonly ports: EdgePorts;
  readonly fetching: FetchContext;
  readonly store: ContentStore;
  readonly memory: MemoryCache;
  /** From memory, or else made once for all who want it. */
  readonly recall: Recall;
  /** Copies that are being asked for again while older ones are served: by key, since when. */
  readonly refreshing: Map<string, number>;
}

export function createEdge(ports: EdgePorts): Edge {
  const { bytes, records } = ports;
  const emit: Emit = ports.emit ?? (() => undefined);
  const now = (): number => ports.now();
  const host = {
    now,
    fetch: (url: string, init?: RequestInit) => ports.fetch(url, init),
    delay: (ms: number, signal?: AbortSignal) => ports.delay(ms, signal),
  };
  const store = createContentStore({ bytes, records, now, emit });
  const memory = createMemoryCache(ports.memoryBytes ?? 0);
  return {
    ports,
    fetching: { host, emit, limits: createLimits(ports.limits) },
    store: {
      ...store,
      // The store would join loads by their promises, and no request waits for another's (`share.ts`).
      load: (key, details, produce, options) => store.load(key, details, produce, { ...options, alone: true }),
    },
    memory,
    recall: createRecall(memory, ports),
    refreshing: new Map(),
  };
}
