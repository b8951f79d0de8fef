/**
 * Says what specifiers mean that nothing else knows: a plug-in. It decides where a name leads, never how what is there is
 * fetched, verified, kept or locked.
 */
export interface Resolver {
  /** Names it in explanations and errors. Linked programs are kept under it: one that answers otherwise needs another name. */
  readonly name: string;
  /** Beginnings of the specifiers that it is asked about: `@acme/`, `github:`. Default: it is asked about all. */
  readonly prefixes?: readonly string[];
  /**
   * Those with a higher one are asked first; of equals the one with the longer beginning, then the one that stands first.
   * The import map has 400, the project's own packages 300. Default 350.
   */
  readonly priority?: number;
  /**
   * Another specifier: a path of the project (`/lib/x.ts`), a URL, which may carry its integrity (`#sha256-…`), a package
   * (`npm:name@range`), or one for a resolver that comes later; undefined where it has no answer. The same wherever the
   * specifier stands. A URL is locked under the specifier, and the resolver is not asked again while it is.
   */
  resolve(specifier: string, ports: ResolverPorts): Promise<string | undefined> | string | undefined;
}

/** What resolvers may use. */
export interface ResolverPorts {
  /**
   * The text at a URL, fetched once in a load.
   * @throws LoaderError ERR_NOT_CACHED where the network may not be used, and what fetching throws
   */
  fetchText(url: string): Promise<string>;
  /** Names of the modules of Node that are there where the program runs. */
  readonly builtins: ReadonlySet<string>;
}

/** Default of `Resolver.priority`. */
export const PLUG_IN_PRIORITY = 350;

/** The beginning by which a resolver is for a specifier; undefined where it is not. */
export function matchingPrefix({ prefixes }: Pick<Resolver, "prefixes">, specifier: string): string | undefined {
  if (prefixes === undefined) return "";
  return prefixes.filter((prefix) => specifier.startsWith(prefix)).toSorted((a, b) => b.length - a.length)[0];
}
