import { decodePath } from "../specifier/decode-path.ts";
import { type ErrorDetails, LoaderError } from "../errors.ts";
import { nearest } from "./nearest-name.ts";

const EXTENSIONS = [".tsx", ".ts", ".jsx", ".js", ".mts", ".mjs", ".cts", ".cjs", ".raya", ".json", ".css"];
/** TypeScript lets an import name the file that a compiler would write. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

/**
 * The project file that a relative or absolute path means (R18, R19, L23).
 * @throws LoaderError ERR_INVALID_MODULE_SPECIFIER; ERR_MODULE_NOT_FOUND, naming the nearest file that exists
 */
export function resolveProjectFile(
  specifier: string,
  referrerPath: string,
  files: ReadonlyMap<string, string>,
  details: ErrorDetails,
): string {
  const url = URL.parse(specifier, `file://${referrerPath}`);
  if (url === null)
    throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", `"${specifier}" is not a path`, { ...details, specifier });
  const decoded = decodePath(url.pathname.replace(/\/$/, ""));
  const found = candidates(decoded).find((candidate) => files.has(candidate));
  if (found !== undefined) return found;
  const similar = nearest(decoded, files.keys());
  throw new LoaderError("ERR_MODULE_NOT_FOUND", `The project has no file "${decoded}"`, {
    ...details,
    specifier,
    hint: similar === undefined ? "add the file, or import a package by its name" : `did you mean "${similar}"?`,
  });
}

function candidates(path: string): string[] {
  const extension = /\.[^./]+$/.exec(path)?.[0] ?? "";
  const stem = path.slice(0, path.length - extension.length);
  return [
    path,
    ...(WRITTEN[extension] ?? []).map((other) => stem + other),
    ...EXTENSIONS.map((other) => path + other),
    ...EXTENSIONS.map((other) => `${path}/index${other}`),
  ];
}
