/** What an import of a file leads to. */
export interface VirtualTarget {
  readonly path: string;
  /** What package.json says of it. */
  readonly sideEffects: boolean;
}

/** A program as files in memory, every import already resolved: all that is left to esbuild is its own work. */
export interface VirtualFiles {
  readonly entry: string;
  readonly texts: Readonly<Record<string, string>>;
  /** By `targetKey`. */
  readonly targets: Readonly<Record<string, VirtualTarget>>;
}

export function targetKey(importer: string, specifier: string, kind: string): string {
  return `${kind} ${specifier} ${importer}`;
}
