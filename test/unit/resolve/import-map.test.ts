import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { mapSpecifier, parseImportMap, resolveByImportMap } from "../../../src/resolve/import-map.ts";
import text from "../../vectors/import-maps.jsonl?raw";
import { readJsonl } from "../../vectors/read-jsonl.ts";

interface Vector {
  readonly name: string;
  readonly importMap: unknown;
  readonly importMapBaseURL: string;
  readonly baseURL?: string;
  /** Specifier → URL; null where it fails. */
  readonly expectedResults?: Readonly<Record<string, string | null>>;
  readonly expectedParsedImportMap?: Readonly<Record<"imports" | "scopes", unknown>> | null;
}

const vectors = readJsonl<Vector>(text);

function orNull<Value>(work: () => Value): Value | null {
  try {
    return work();
  } catch (error) {
    if (isLoaderError(error)) return null;
    throw error;
  }
}

describe("import maps, as the web platform's tests have them", () => {
  it("there are 107 of them", ({ expect }) => {
    expect(vectors).toHaveLength(107);
  });

  it.for(vectors)("$name", ({ importMap, importMapBaseURL, baseURL, ...expected }, { expect }) => {
    const map = orNull(() => parseImportMap(JSON.stringify(importMap), importMapBaseURL));
    if (expected.expectedParsedImportMap !== undefined) {
      const scopes = [...(map?.scopes ?? [])].map(
        ([prefix, entries]) => [prefix, Object.fromEntries(entries)] as const,
      );
      const parsed = map && { imports: Object.fromEntries(map.imports), scopes: Object.fromEntries(scopes) };
      expect(parsed).toEqual(expected.expectedParsedImportMap);
    }
    for (const [specifier, url] of Object.entries(expected.expectedResults ?? {})) {
      const resolved = orNull(() => map && resolveByImportMap(map, specifier, baseURL ?? ""));
      expect([specifier, resolved]).toEqual([specifier, url]);
    }
  });
});

describe("import maps", () => {
  const map = parseImportMap(
    JSON.stringify({
      imports: { react: "npm:react@18", "lib/": "./lib/", off: null },
      integrity: { "./lib/a.js": "sha384-abc" },
    }),
    "https://page.test/app/",
  );

  it("lead to packages too, and leave alone what they do not name", ({ expect }) => {
    expect(mapSpecifier(map, "react", "https://page.test/app/main.js")).toBe("npm:react@18");
    expect(mapSpecifier(map, "zod", "https://page.test/app/main.js")).toBeUndefined();
  });

  it("hold the integrity of modules by URL", ({ expect }) => {
    expect([...map.integrity]).toEqual([["https://page.test/app/lib/a.js", "sha384-abc"]]);
  });

  it.for([
    ["off", "ERR_IMPORT_MAP_BLOCKED", 'The import map blocks "off": its entry has no usable address'],
    ["lib/../x", "ERR_IMPORT_MAP_BLOCKED", 'The import map blocks "lib/../x": it leaves "https://page.test/app/lib/"'],
    [
      "zod",
      "ERR_MODULE_NOT_FOUND",
      '"zod" is neither a URL, nor a path that starts with /, ./ or ../, nor in the import map',
    ],
  ] as const)("%s is an error that says why", ([specifier, code, message], { expect }) => {
    expect(() => resolveByImportMap(map, specifier, "https://page.test/main.js")).toThrow(
      expect.objectContaining({ code, message }),
    );
  });

  it.for([
    ["{", "The import map is not JSON"],
    ['{"imports":[]}', 'In the import map "imports" is not an object'],
    ['{"scopes":{"/a/":"b"}}', 'In the import map the scope "/a/" is not an object'],
  ] as const)("%s is refused, with what is wrong", ([source, message], { expect }) => {
    expect(() => parseImportMap(source, "https://page.test/")).toThrow(
      expect.objectContaining({ code: "ERR_IMPORT_MAP_INVALID", message }),
    );
  });
});
