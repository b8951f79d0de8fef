/** One file as it was read. */
export interface ProjectFile {
  readonly text: string;
  /** Differs whenever the text has been written anew: a counter, a hash, an ETag. */
  readonly version: string;
}

/**
 * Where a project's files are: in memory, in a database, behind a host. Paths start at the root of the project and have
 * forward slashes: `package.json`, `packages/ui/package.json`.
 */
export interface ProjectFiles {
  /** Paths of all files; those below `node_modules` may be left out. */
  list(): Promise<readonly string[]>;
  /** Undefined where there is no such file. */
  read(path: string): Promise<ProjectFile | undefined>;
  /**
   * Writes all of `texts`, or nothing at all: only if each file of `expected` still has that version, `undefined` standing
   * for no file. False where one has not: then somebody else wrote in between.
   */
  commit(expected: ReadonlyMap<string, string | undefined>, texts: ReadonlyMap<string, string>): Promise<boolean>;
}

/** A project in memory. */
export interface MemoryProjectFiles extends ProjectFiles {
  /** The texts as they are now, by path. */
  snapshot(): Record<string, string>;
}

/** @param files text by path */
export function createMemoryProjectFiles(files: Readonly<Record<string, string>> = {}): MemoryProjectFiles {
  const stored = new Map(Object.entries(files).map(([path, text]) => [path, { text, version: "0" }]));
  let writes = 0;
  return {
    list: async () => [...stored.keys()],
    read: async (path) => stored.get(path),
    // Nothing is awaited between the check and the write, so nobody can come between.
    commit: async (expected, texts) => {
      for (const [path, version] of expected) if (stored.get(path)?.version !== version) return false;
      writes++;
      for (const [path, text] of texts) stored.set(path, { text, version: String(writes) });
      return true;
    },
    snapshot: () => Object.fromEntries([...stored].map(([path, { text }]) => [path, text])),
  };
}
