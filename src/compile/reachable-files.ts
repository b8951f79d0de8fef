import type { PackageManifest } from "./compiled-package.ts";

const ENDINGS = ["", ".js", ".mjs", ".cjs", ".json", "/index.js", "/index.mjs", "/index.cjs"];
const ENTRY_FIELDS = ["main", "module", "browser", "exports", "imports"];

/** The files that the package.json files name as entries. A pattern names a folder, of which hardly anyone uses all. */
export function entryFiles(
  manifests: Readonly<Record<string, PackageManifest>>,
  files: ReadonlyMap<string, unknown>,
): string[] {
  return Object.entries(manifests).flatMap(([folder, manifest]) => {
    const named = ENTRY_FIELDS.flatMap((field) => [...stringsIn(manifest[field])]);
    return ["index", ...named].flatMap((path) => findFile(folder, path, files) ?? []);
  });
}

/** What counts of a request. */
interface ReachingRequest {
  readonly specifier: string;
  readonly kind: string;
  readonly guard?: { readonly value: string; readonly equals: boolean };
}

/** Asked for by their address alone, which does not make modules of them. */
const ADDRESSES = ["resolve", "asset"];

/**
 * The files of the package that a module of it asks for by relative path. What only a development build asks for is left
 * out: such builds are large, and hardly ever run.
 */
export function requestedFiles(
  path: string,
  { requests }: { readonly requests: readonly ReachingRequest[] },
  files: ReadonlyMap<string, unknown>,
): string[] {
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  const relative = requests.filter(
    ({ specifier, kind, guard }) =>
      specifier.startsWith(".") &&
      !ADDRESSES.includes(kind) &&
      (guard?.value === "production") === (guard?.equals === true),
  );
  return relative.flatMap(({ specifier }) => findFile(folder, specifier, files) ?? []);
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === "string" && !value.includes("*")) yield value;
  if (typeof value !== "object" || value === null) return;
  for (const inner of Object.values(value)) yield* stringsIn(inner);
}

/** What is missed here is analysed when it is reached: nothing depends on finding everything. */
function findFile(folder: string, path: string, files: ReadonlyMap<string, unknown>): string | undefined {
  const base = URL.parse(path, `file:///${folder === "" ? "" : `${folder}/`}`)
    ?.pathname.slice(1)
    .replace(/\/$/, "");
  if (base === undefined) return undefined;
  const ending = ENDINGS.find((candidate) => files.has(base + candidate));
  return ending === undefined ? undefined : base + ending;
}
