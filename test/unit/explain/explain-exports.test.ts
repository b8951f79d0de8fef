import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { explainExports } from "../../../src/explain/explain-exports.ts";
import { resolveExports } from "../../../src/resolve/package-exports.ts";
import enhancedText from "../../vectors/enhanced-resolve.jsonl?raw";
import { readJsonl } from "../../vectors/read-jsonl.ts";

interface Vector {
  readonly name: string;
  readonly kind: "exports" | "imports";
  readonly field: unknown;
  readonly specifier: string;
  readonly conditions: readonly string[];
}

const context = (conditions: readonly string[]) => ({
  package: "p@1.0.0",
  conditions: new Set(conditions),
  mapsFolders: true,
  details: {},
});

function resolved({ field, specifier, conditions }: Vector): string | undefined {
  try {
    return resolveExports(field, specifier, context(conditions));
  } catch (error) {
    if (isLoaderError(error)) return undefined;
    throw error;
  }
}

/** What stands in package.json where `entry` says. */
function valueAt(field: unknown, entry: string): unknown {
  let at: unknown = { exports: field };
  for (const [, name, quoted, index] of `.${entry}`.matchAll(/\.([\w$]+)|\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]/g)) {
    const key = quoted === undefined ? (name ?? index ?? "") : String(JSON.parse(quoted));
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

describe("the entry of exports that decides", () => {
  it("leads, in every one of webpack's cases that resolve, to what the resolver gives", ({ expect }) => {
    const cases = readJsonl<Vector>(enhancedText).filter(({ kind }) => kind === "exports");
    const found = cases.filter((vector) => resolved(vector) !== undefined);
    expect(found.length).toBeGreaterThan(40);
    for (const vector of found) {
      const { field, specifier, conditions } = vector;
      const trail = explainExports(field, specifier, context(conditions));
      expect.soft(trail.path, vector.name).toBe(resolved(vector));
      expect.soft(valueAt(field, trail.entry), vector.name).toBe(trail.target);
      // With the star of a pattern filled in, what stands there is what was given.
      const pattern = new RegExp(`^${trail.target.split("*").map(escaped).join("(.*)")}`);
      if (!trail.target.includes("%")) expect.soft(trail.path, vector.name).toMatch(pattern);
    }
  });

  it.for([
    [{ "./a/*": "./x/*.js", "./*": "./*.js" }, "./a/b", 'exports["./a/*"]'],
    [{ ".": [{ node: "./n.js" }, { default: "./d.js" }] }, ".", 'exports["."][1].default'],
    [{ import: { "react-native": "./n.js", browser: "./b.js" }, default: "./d.js" }, ".", "exports.import.browser"],
    [{ import: { node: "./n.js" }, default: "./d.js" }, ".", "exports.default"],
    ["./index.js", ".", "exports"],
  ] as const)("%j for %s is %s", ([exports, subpath, entry], { expect }) => {
    expect(explainExports(exports, subpath, context(["import", "browser"])).entry).toBe(entry);
  });
});

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\/]/g, "\\$&");
}
