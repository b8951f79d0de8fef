import { describe, it } from "vitest";
import { packageEntries } from "../../../src/project/package-entries.ts";

const entries = (manifest: Record<string, unknown>, files?: readonly string[]): Record<string, string> => ({
  ...packageEntries({ key: "a@1.0.0", name: "a", manifest, ...(files !== undefined && { files }) }),
});

describe("what can be imported of a package (L20, L35)", () => {
  it("is what exports say for a browser; what they hide, or give to Node alone, is no entry", ({ expect }) => {
    const exports = {
      ".": { browser: "./web.js", default: "./node.js" },
      "./server": { node: "./server.js" },
      "./gone": "./gone.js",
      "./hidden": null,
    };
    expect(entries({ exports }, ["web.js", "node.js", "server.js"])).toEqual({ ".": "./web.js" });
  });

  it("keeps folders as one entry and writes other patterns out", ({ expect }) => {
    const exports = { "./lib/*": "./dist/*", "./icons/*": "./dist/icons/*.js", "./icons/b": null };
    expect(entries({ exports }, ["dist/icons/a.js", "dist/icons/b.js", "dist/x.css"])).toEqual({
      "./lib/*": "./dist/*",
      "./icons/a": "./dist/icons/a.js",
    });
  });

  it("is the main file, and every other, without exports", ({ expect }) => {
    expect(entries({ main: "lib", module: "./esm.js" }, ["lib/index.js", "esm.js"])).toEqual({
      ".": "./esm.js",
      "./*": "./*",
    });
    expect(entries({ main: "lib" }, ["lib/index.js"])).toMatchObject({ ".": "./lib/index.js" });
    expect(entries({ types: "./index.d.ts" }, ["index.d.ts"])).toEqual({ "./*": "./*" });
  });

  it("believes the manifest of a folder whose files nobody knows", ({ expect }) => {
    expect(entries({ exports: "./src/main.js" })).toEqual({ ".": "./src/main.js" });
  });
});
