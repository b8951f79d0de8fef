/** An object as it is now. */
export interface StoredThing {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Names this state of it. */
  readonly etag: string;
}

/** How an object is written. */
export interface WriteOptions {
  /** Only if there is none yet, or only over that state; default: over whatever there is. */
  readonly over?: "nothing" | { readonly etag: string };
  /** What `list` gives of it: short texts, 2 KB in all. */
  readonly summary?: Readonly<Record<string, string>>;
}

/**
 * Where published packages and tokens are: a store that everybody sees the same state of at once, with conditional writes.
 * Exactly one of several writers over the same state succeeds.
 */
export interface Objects {
  get(key: string): Promise<StoredThing | undefined>;
  /** Gives false, and changes nothing, where the state is another one than `over` says. */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, options?: WriteOptions): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** Keys that start so, in order, with their summaries. */
  list(prefix: string): Promise<{ readonly key: string; readonly summary: Readonly<Record<string, string>> }[]>;
}
