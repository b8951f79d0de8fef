import { readFile } from "node:fs/promises";

/** Names by what `typeof` says of them. */
export type Kinds = Readonly<Record<string, string>>;

/** How users of a bundler fare with an entry: as it is, with Node's modules polyfilled, not at all; or nobody asked. */
export type BundlerStatus = "plain" | "polyfilled" | "fails" | "unknown";

/** An expression over an entry's namespace and the value it must give. */
export interface SmokeCheck {
  readonly expression: string;
  /** As JSON gives it; what JSON has no word for is null. */
  readonly expected: unknown;
}

/** One thing that a program can import from a package. */
export interface EntryCase {
  /** `yup@1.7.1`, `effect@4.1.0/Option`: what the program imports. */
  readonly specifier: string;
  readonly status: BundlerStatus;
  /** The oracle's exports in Chromium; absent where it has none. */
  readonly kinds?: Kinds;
  /** The oracle's exports in Node, for entries that no bundler loads. */
  readonly nodeKinds?: Kinds;
  /** Why a bundler fails, in its own words. */
  readonly bundlerError?: string;
  readonly checks: readonly SmokeCheck[];
}

/** A package at its exact version. */
export interface PackageCase {
  readonly id: string;
  /** Packages that are installed beside it: name → exact version. */
  readonly peers: Readonly<Record<string, string>>;
  readonly entries: readonly EntryCase[];
}

export interface Cases {
  /** Versions published after this moment do not exist, ISO; absent means now. */
  readonly before?: string;
  readonly packages: readonly PackageCase[];
}

/** Paths of the three files. */
export interface CaseFiles {
  readonly packages: string;
  readonly oracle: string;
  readonly smoke?: string | undefined;
}

interface PackagesFile {
  before?: string;
  packages: { id?: string; name: string; version: string; subpaths?: string[]; withPeers?: Record<string, string> }[];
}

interface Observed {
  status?: string;
  byType?: Record<string, string[]>;
  error?: string;
  plainError?: string;
}

interface OracleFile {
  packages: { id: string; entries: Record<string, { node?: Observed; browser?: Observed }> }[];
}

interface SmokeFile {
  cases: { id: string; entry?: string; expr: string; expected?: unknown }[];
}

/**
 * Reads the lists that the command is given and joins them.
 * @throws Error where a file cannot be read, or is not such a list
 */
export async function readCases(files: CaseFiles): Promise<Cases> {
  const [list, oracle, smoke] = await Promise.all([
    readList<PackagesFile>(files.packages, "packages"),
    readList<OracleFile>(files.oracle, "packages"),
    files.smoke === undefined ? { cases: [] } : readList<SmokeFile>(files.smoke, "cases"),
  ]);
  const observed = new Map(oracle.packages.map(({ id, entries }) => [id, entries]));
  const packages = list.packages.map((item): PackageCase => {
    const id = item.id ?? `${item.name}@${item.version}`;
    const entries = observed.get(id) ?? {};
    const checks = smoke.cases.filter((check) => check.id === id);
    const subpaths = [".", ...(item.subpaths ?? []), ...Object.keys(entries), ...checks.map(entryOf)].map(normalize);
    return {
      id,
      peers: item.withPeers ?? {},
      entries: [...new Set(subpaths)].map((subpath) => ({
        specifier: `${item.name}@${item.version}${subpath.slice(1)}`,
        ...expectation(find(entries, subpath)),
        checks: checks.filter((check) => normalize(entryOf(check)) === subpath).map(smokeCheck),
      })),
    };
  });
  return { packages, ...(list.before !== undefined && { before: list.before }) };
}

async function readList<File>(path: string, field: keyof File & string): Promise<File> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new Error(`"${path}" cannot be read: ${error.message}`, { cause: error });
  });
  const content: unknown = parse(text, path);
  // A bare array is taken for the list itself.
  const file = (Array.isArray(content) ? { [field]: content } : content) as File;
  if (!Array.isArray(file?.[field])) throw new Error(`"${path}" has no list "${field}"`);
  return file;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`"${path}" is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function entryOf({ entry = "." }: SmokeFile["cases"][number]): string {
  return entry;
}

/** `.`, `./sub`: the oracle writes them so, a person may leave the dot out. */
function normalize(subpath: string): string {
  if (subpath === "." || subpath === "" || subpath === "./") return ".";
  return subpath.startsWith("./") ? subpath : `./${subpath.replace(/^\//, "")}`;
}

function find<Value>(entries: Record<string, Value>, subpath: string): Value | undefined {
  return Object.entries(entries).find(([key]) => normalize(key) === subpath)?.[1];
}

function expectation(
  observed: { node?: Observed; browser?: Observed } | undefined,
): Pick<EntryCase, "status" | "kinds" | "nodeKinds" | "bundlerError"> {
  const { browser, node } = observed ?? {};
  if (browser === undefined) return { status: "unknown" };
  const error = browser.plainError ?? browser.error;
  const kinds = kindsOf(browser);
  const nodeKinds = node && kindsOf(node);
  // Node's own word for what a CommonJS module is as a whole.
  if (nodeKinds !== undefined) delete nodeKinds["module.exports"];
  return {
    status: kinds === undefined ? "fails" : browser.status === "polyfilled" ? "polyfilled" : "plain",
    ...(kinds !== undefined && { kinds }),
    ...(kinds === undefined && nodeKinds !== undefined && { nodeKinds }),
    ...(error !== undefined && { bundlerError: error }),
  };
}

function kindsOf({ status, byType }: Observed): Record<string, string> | undefined {
  if (byType === undefined || status === "fails") return undefined;
  return Object.fromEntries(Object.entries(byType).flatMap(([kind, names]) => names.map((name) => [name, kind])));
}

function smokeCheck({ expr, expected = null }: SmokeFile["cases"][number]): SmokeCheck {
  return { expression: expr, expected };
}
