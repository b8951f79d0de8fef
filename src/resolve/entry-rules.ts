/** How a module is asked for: decides between `import` and `require` conditions. */
export type ImportKind = "import" | "require";

/** By what a package's entry points are found. */
export interface EntryRules {
  readonly kind: ImportKind;
  /** Conditions in force besides `default`. Their order is the package's, so a set will do. */
  readonly conditions: ReadonlySet<string>;
  /** Fields that name the entry of a package without `exports`, the first that leads to a file wins. */
  readonly fields: readonly string[];
  /** Endings that may be left out, in the order they are tried. */
  readonly extensions: readonly string[];
  /** Whether a path other than the entry may lack its ending, or name a folder. Node's `import` takes it as written. */
  readonly probes: boolean;
  /** Whether `exports` and `imports` may have keys that stand for folders: `"./lib/": "./dist/"`. Node took that back. */
  readonly mapsFolders: boolean;
}

const NODE_EXTENSIONS = [".js", ".json", ".node"];
const BROWSER_EXTENSIONS = [".js", ".json", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".mts", ".cts"];

/**
 * What holds for programs in a browser or a worker, as bundlers have it: `mode` is `production` or `development`;
 * `further` conditions are those of a runtime of another kind, which reads what browsers read besides.
 */
export function browserRules(kind: ImportKind, mode: string, further: Iterable<string> = []): EntryRules {
  return {
    kind,
    conditions: new Set([...(kind === "import" ? ["import", "module"] : ["require"]), "browser", mode, ...further]),
    // What is required is CommonJS, if there is any of it.
    fields: kind === "import" ? ["browser", "module", "main"] : ["browser", "main", "module"],
    extensions: BROWSER_EXTENSIONS,
    probes: true,
    mapsFolders: true,
  };
}

/** What holds in Node, for exactly these conditions: `node`, `import` or `require`, and any others are the caller's to name. */
export function nodeRules(kind: ImportKind, conditions: Iterable<string>): EntryRules {
  return {
    kind,
    conditions: new Set(conditions),
    fields: ["main"],
    extensions: NODE_EXTENSIONS,
    probes: kind === "require",
    mapsFolders: false,
  };
}

/** Whether `browser` says which files are replaced, and by what. */
export function readsBrowserField(rules: EntryRules): boolean {
  return rules.fields.includes("browser");
}
