import { decode, encode, type SourceMapMappings } from "@jridgewell/sourcemap-codec";
import { LoaderError } from "../../src/errors.ts";
import type { Image } from "../../src/run/image.ts";
import { SOURCE_PREFIX } from "../routes/source.ts";
import { readLinkUrl } from "./module-address.ts";
import { CREATE_RUNTIME } from "./page-runtime.ts";
import { identityOf, LINK_URL } from "./render-modules.ts";

/** The form of the source map of a single file. */
export const SINGLE_MAP_FORM = "single-map";

/** A module with all that it needs. */
export interface SingleFile {
  readonly text: string;
  /** Its source map (ECMA-426), JSON. */
  readonly map: string;
}

interface SourceMap {
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** What the linker writes behind the code of an image that has a source map. */
const COMMENTS = /\n\/\/# sourceURL=.*\n\/\/# sourceMappingURL=data:application\/json;base64,(?<map>\S+)\s*$/;

/**
 * Writes an image as one file: its runtime, its code, and what its entry exports, with the values that it has when it has run.
 * @param image linked with source maps
 * @param addressOf where a module is to be had by itself
 * @param mapAddress where the map will be
 * @throws LoaderError ERR_REQUEST_INVALID for what cannot be in one scope with others
 */
export function writeSingleFile(
  { entry, modules, wasm, exports }: Image,
  addressOf: (url: string) => string,
  mapAddress: string,
): SingleFile {
  const [script] = modules;
  const comments = COMMENTS.exec(script?.code ?? "");
  if (exports === undefined || script === undefined || comments === null) {
    const message =
      "A module with a direct eval, or one too large to be analysed, is linked by itself: no single file has it";
    throw new LoaderError("ERR_REQUEST_INVALID", message, { specifier: entry, hint: "import it without ?single" });
  }
  const head = [CREATE_RUNTIME];
  if (wasm.length > 0) head.push(`await __raya.prepareWasm(${JSON.stringify(wasm)});`);
  const code = script.code.slice(0, comments.index);
  const tail = [`const { namespace } = await __raya.importEntry(${JSON.stringify(entry)});`];
  for (const [index, name] of exports.entries()) {
    const value = `const export${index} = namespace[${JSON.stringify(name)}];`;
    tail.push(`${value} export { export${index} as ${JSON.stringify(name)} };`);
  }
  const rename = (text: string): string => text.replace(LINK_URL, (found) => renamed(found, addressOf));
  const before = `${rename(head.join("\n"))}\n`;
  const map = JSON.parse(atob(comments.groups?.["map"] ?? "")) as SourceMap;
  const mappings = shift(decode(map.mappings), code, addressOf);
  const offset: SourceMapMappings = Array.from({ length: before.split("\n").length - 1 }, () => []);
  return {
    text: `${before}${rename(code)}\n${rename(tail.join("\n"))}\n//# sourceMappingURL=${mapAddress}\n`,
    map: JSON.stringify({
      ...map,
      sources: map.sources.map(sourceAddress),
      mappings: encode([...offset, ...mappings]),
    }),
  };
}

/** A URL of linked code, as JSON, as the file has it. */
function renamed(found: string, addressOf: (url: string) => string): string {
  return JSON.stringify(identityOf(JSON.parse(found) as string, addressOf));
}

/** Moves what stands behind a URL that becomes another. */
function shift(mappings: SourceMapMappings, code: string, addressOf: (url: string) => string): SourceMapMappings {
  for (const [number, line] of code.split("\n").entries()) {
    // From the end: what stands before is where it was.
    for (const { 0: found, index } of [...line.matchAll(LINK_URL)].toReversed()) {
      const difference = renamed(found, addressOf).length - found.length;
      for (const segment of mappings[number] ?? []) if (segment[0] >= index + found.length) segment[0] += difference;
    }
  }
  return mappings;
}

/** Where the file of a package is that a module was made of. */
function sourceAddress(url: string): string {
  const { key, path } = readLinkUrl(url) ?? {};
  return key === undefined || path === undefined ? url : `${SOURCE_PREFIX}${key}/${encodeURI(path)}`;
}
