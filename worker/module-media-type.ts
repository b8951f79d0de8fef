import { LoaderError } from "../src/errors.ts";

/** What a URL import may be. Everything else (HTML and SVG above all) could act in the name of this origin. */
const MODULE_TYPES = new Set([
  "text/javascript",
  "application/javascript",
  "application/x-javascript",
  "application/ecmascript",
  "text/ecmascript",
  "text/jsx",
  "text/typescript",
  "text/tsx",
  "application/typescript",
  "application/x-typescript",
  "application/json",
  "text/json",
  "text/css",
  "text/plain",
  "application/wasm",
  "application/octet-stream",
]);

/** What servers call an archive of a package or a repository. */
const ARCHIVE_TYPES = new Set([
  "application/gzip",
  "application/x-gzip",
  "application/x-compressed-tar",
  "application/x-tgz",
]);

/** Static servers know `.ts` as a video format; only the path can tell. */
const VIDEO_TYPE = "video/mp2t";
const TYPESCRIPT_PATH = /\.[mc]?tsx?$/;

/**
 * The media type to serve `url` with, made of the upstream's `content-type`.
 * @throws LoaderError ERR_UNEXPECTED_TYPE
 */
export function moduleMediaType(url: string, contentType: string | null): string {
  const essence = (contentType ?? "application/octet-stream").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (essence === VIDEO_TYPE && TYPESCRIPT_PATH.test(new URL(url).pathname)) return "application/typescript";
  if (ARCHIVE_TYPES.has(essence)) return "application/gzip";
  if (MODULE_TYPES.has(essence) || /^application\/[\w.-]+\+json$/.test(essence)) return essence;
  throw new LoaderError("ERR_UNEXPECTED_TYPE", `"${url}" is ${essence || "of no type"}, not a module`, {
    specifier: url,
    url,
    expected: "JavaScript, TypeScript, JSON, CSS, text, Wasm, bytes or a gzipped archive",
    actual: essence,
  });
}
