/** A program that several contenders build or run. */
export interface BenchProgram {
  readonly name: string;
  /** Exact versions: all run the same code. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Its text; `from` gives the specifier for a package and a path in it. */
  readonly source: (from: SpecifierOf) => string;
}

/** The specifier of a file of a package; without a path that of its main entry. */
export type SpecifierOf = (name: string, path?: string) => string;

/** The text for a folder where the packages are installed. */
export function installedSource({ source }: BenchProgram): string {
  return source((name, path = "") => name + path);
}

/** The text with the versions inline, as one would write it for Raya. */
export function pinnedSource({ dependencies, source }: BenchProgram): string {
  return source((name, path = "") => `${name}@${dependencies[name]}${path}`);
}
