import type { Program } from "../../src/loader.ts";
import { resolveExports } from "../../src/resolve/package-exports.ts";
import { isLoaderError } from "../../src/errors.ts";
import { readLinkUrl } from "./module-address.ts";
import { SOURCE_PREFIX } from "../routes/source.ts";

/** Where the definitions of what a specifier means are to be had; undefined where the package has none for it. */
export async function typesOf(program: Program, specifier: string, url: string): Promise<string | undefined> {
  const { key = "", path = "" } = readLinkUrl(url.split("#", 1)[0] ?? "") ?? {};
  if (program.packages.every(({ name, version }) => `${name}@${version}` !== key)) return undefined;
  const { manifests, files } = await program.readTypes(key);
  const manifest = manifests[""] ?? {};
  const subpath = `.${/^(?:@[^/]+\/)?[^/]+(.*)$/.exec(specifier)?.[1] ?? ""}`;
  const field = manifest["types"] ?? manifest["typings"];
  const candidates = [
    exported(manifest["exports"], subpath, key),
    ...(subpath === "." && typeof field === "string" ? [field, `${field}.d.ts`, `${field}/index.d.ts`] : []),
    path.replace(/\.([cm]?)js$/, ".d.$1ts"),
  ];
  const found = candidates
    .map((candidate) => candidate?.replace(/^\.?\//, ""))
    .find((file) => file !== undefined && file in files);
  return found === undefined ? undefined : `${SOURCE_PREFIX}${key}/${encodeURI(found)}`;
}

function exported(exports: unknown, subpath: string, key: string): string | undefined {
  if (exports === undefined || exports === null) return undefined;
  const conditions = new Set(["types", "import", "module", "browser", "production"]);
  try {
    return resolveExports(exports, subpath, { package: key, conditions, mapsFolders: true, details: {} });
  } catch (error) {
    // Code can be had where no definitions are.
    if (isLoaderError(error)) return undefined;
    throw error;
  }
}
