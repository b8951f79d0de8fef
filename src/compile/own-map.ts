import { decode, encode, type SourceMapMappings, type SourceMapSegment } from "@jridgewell/sourcemap-codec";

/** A source map that a package has of one of its files. */
export interface OwnMap {
  /** Paths in the package, or URLs; null for a source whose text is nowhere to be had. */
  readonly sources: readonly (string | null)[];
  /** Text of each source that `findSource` would not find in the package. */
  readonly sourcesContent: readonly (string | null)[];
  readonly names: readonly string[];
  /** As source maps write them (ECMA-426). */
  readonly mappings: string;
}

/** What is read of a source map. */
interface RawMap {
  readonly sourceRoot?: unknown;
  readonly sources: readonly unknown[];
  readonly sourcesContent?: readonly unknown[];
  readonly names?: readonly unknown[];
  readonly mappings: string;
}

const COMMENT = "sourceMappingURL=";

/**
 * The source map that a file of a package names at its end; undefined where it names none, or one that cannot be read: then
 * the file itself is what there is to see.
 */
export function readOwnMap(path: string, text: string, files: ReadonlyMap<string, Uint8Array>): OwnMap | undefined {
  const at = text.lastIndexOf(COMMENT);
  const [url = ""] = at === -1 ? [] : (/^[^\s'"*]+/.exec(text.slice(at + COMMENT.length)) ?? []);
  if (url === "") return undefined;
  const isInline = url.startsWith("data:");
  const mapPath = isInline ? path : beside(path, url);
  const json = isInline ? dataText(url) : fileText(mapPath, files);
  const raw = json === undefined ? undefined : parseMap(json);
  if (raw === undefined) return undefined;
  const sources = raw.sources.map((source, index) => {
    const place = sourcePath(raw, source, mapPath);
    return place !== undefined && (files.has(place) || contentOf(raw, index) !== null) ? place : null;
  });
  if (sources.every((source) => source === null)) return undefined;
  const sourcesContent = sources.map((source, index) =>
    isInline || isUrl(source ?? "") ? contentOf(raw, index) : null,
  );
  return { sources, sourcesContent, names: (raw.names ?? []).map(String), mappings: raw.mappings };
}

/** The text of a source: a file of the package, or what one of its source maps says that it was. */
export function findSource(path: string, files: ReadonlyMap<string, Uint8Array>): string | undefined {
  const own = fileText(path, files);
  if (own !== undefined) return own;
  for (const mapPath of files.keys()) {
    const raw = mapPath.endsWith(".map") ? parseMap(fileText(mapPath, files) ?? "") : undefined;
    const index = raw?.sources.findIndex((source) => sourcePath(raw, source, mapPath) === path) ?? -1;
    const content = raw === undefined || index === -1 ? null : contentOf(raw, index);
    if (content !== null) return content;
  }
  return undefined;
}

function sourcePath({ sourceRoot }: RawMap, source: unknown, mapPath: string): string | undefined {
  const root = typeof sourceRoot === "string" && sourceRoot !== "" ? `${sourceRoot}/` : "";
  return typeof source === "string" ? beside(mapPath, root + source) : undefined;
}

function contentOf({ sourcesContent }: RawMap, index: number): string | null {
  const content = sourcesContent?.[index];
  return typeof content === "string" ? content : null;
}

function fileText(path: string, files: ReadonlyMap<string, Uint8Array>): string | undefined {
  const bytes = files.get(path);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

function dataText(url: string): string | undefined {
  const [, type = "", data = ""] = /^data:([^,]*),(.*)$/.exec(url) ?? [];
  try {
    if (!type.endsWith(";base64")) return decodeURIComponent(data);
    return new TextDecoder().decode(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

function parseMap(json: string): RawMap | undefined {
  try {
    const map: unknown = JSON.parse(json.replace(/^\)\]\}'[^\n]*/, ""));
    return isRawMap(map) ? map : joinSections(map);
  } catch {
    return undefined;
  }
}

function isRawMap(value: unknown): value is RawMap {
  if (typeof value !== "object" || value === null) return false;
  return (
    "mappings" in value && typeof value.mappings === "string" && "sources" in value && Array.isArray(value.sources)
  );
}

/** An index map: maps of parts of a text, one behind the other. */
function joinSections(value: unknown): RawMap | undefined {
  if (typeof value !== "object" || value === null || !("sections" in value) || !Array.isArray(value.sections))
    return undefined;
  const sources: unknown[] = [];
  const sourcesContent: unknown[] = [];
  const names: unknown[] = [];
  const rows: SourceMapMappings = [];
  for (const { offset, map } of value.sections as { offset: { line: number; column: number }; map: unknown }[]) {
    if (!isRawMap(map)) return undefined;
    for (const [index, row] of decode(map.mappings).entries()) {
      const shift = index === 0 ? offset.column : 0;
      const moved = row.map(([column, source, line = 0, at = 0, name]): SourceMapSegment => {
        if (source === undefined) return [column + shift];
        const place = [column + shift, source + sources.length, line, at] as const;
        return name === undefined ? [...place] : [...place, name + names.length];
      });
      (rows[offset.line + index] ??= []).push(...moved);
    }
    sources.push(...map.sources);
    sourcesContent.push(...map.sources.map((_, index) => map.sourcesContent?.[index] ?? null));
    names.push(...(map.names ?? []));
  }
  return { sources, sourcesContent, names, mappings: encode(Array.from(rows, (row) => row ?? [])) };
}

function isUrl(reference: string): boolean {
  return /^[a-z][a-z\d+.-]*:/i.test(reference);
}

/** The path in the package, or the URL, that a reference in a file means; what lies outside of the package is taken in. */
function beside(path: string, reference: string): string {
  if (isUrl(reference)) return reference;
  const segments = reference.startsWith("/") ? [] : path.split("/").slice(0, -1);
  for (const segment of reference.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.join("/");
}
