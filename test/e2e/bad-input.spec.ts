import { expect } from "playwright/test";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import type { RegistryServer } from "../fixtures/registry-server/registry-server.ts";
import { test } from "./playground-test.ts";

// Whatever is wrong, the person sees a coded error that names it, and the page goes on.

interface Case {
  readonly title: string;
  readonly code: string;
  /** What the visitor must be able to read. */
  readonly says: readonly (string | RegExp)[];
  /** Makes the trouble, gives the program: its text, or its files. */
  readonly program: string | Record<string, string> | ((registry: RegistryServer) => Promise<string> | string);
}

const ok = { "index.js": "module.exports = 1" };

const visitor: readonly Case[] = [
  { title: "an empty range", code: "ERR_INVALID_RANGE", says: ["ms@"], program: `import "ms@";` },
  { title: "a range that is none", code: "ERR_INVALID_RANGE", says: ["ms", ">>1"], program: `import "ms@>>1";` },
  {
    title: "a name that is not a name",
    code: "ERR_INVALID_PACKAGE_NAME",
    says: ["Not A Name!"],
    program: `import "Not A Name!";`,
  },
  {
    title: "a scheme that cannot be loaded",
    code: "ERR_UNSUPPORTED_ESM_URL_SCHEME",
    says: ["ftp:"],
    program: `import "ftp://127.0.0.1/x.js";`,
  },
  {
    title: "an origin that is not allowed",
    code: "ERR_ORIGIN_NOT_ALLOWED",
    says: ["http://127.0.0.1:9"],
    program: `import "http://127.0.0.1:9/x.js";`,
  },
  {
    title: "a missing file",
    code: "ERR_MODULE_NOT_FOUND",
    says: ["gone.ts", "main.tsx"],
    program: `import "./gone.ts";`,
  },
  {
    title: "a module that Node does not have",
    code: "ERR_UNKNOWN_BUILTIN_MODULE",
    says: ["node:child_progress", "main.tsx:1:8"],
    program: `import "node:child_progress";`,
  },
  {
    title: "a syntax error: file, line, column and the line itself",
    code: "ERR_SOURCE_PARSE",
    says: ["/main.ts", "3:18", "const broken = = 1;"],
    program: { "/main.ts": `const fine: number = 1;\n\n  const broken = = 1;\nconsole.log(fine);` },
  },
  {
    title: "a syntax error in the second file",
    code: "ERR_SOURCE_PARSE",
    says: ["/part.ts", "export const ="],
    program: { "/main.ts": `import "./part.ts";`, "/part.ts": `export const = 1;` },
  },
  {
    title: "a missing export of the visitor's own file",
    code: "ERR_EXPORT_NOT_FOUND",
    says: ["nothing", "part.ts"],
    program: {
      "/main.ts": `import { nothing } from "./part.ts"; console.log(nothing);`,
      "/part.ts": `export const something = 1;`,
    },
  },
  {
    title: "a program that throws",
    code: "ERR_EVALUATION_FAILED",
    says: ["on purpose", /main\.tsx:2/],
    program: `\nthrow new Error("on purpose");`,
  },
];

const packages: readonly Case[] = [
  {
    title: "an unknown package",
    code: "ERR_PACKAGE_NOT_FOUND",
    says: ["e2e-no-such-package", "spelling"],
    program: `import "e2e-no-such-package";`,
  },
  {
    title: "an unknown version",
    code: "ERR_VERSION_NOT_FOUND",
    says: ["e2e-one-version", "99.0.0"],
    program: published({ name: "e2e-one-version", files: ok }, `import "e2e-one-version@99.0.0";`),
  },
  {
    title: "an unknown tag",
    code: "ERR_VERSION_NOT_FOUND",
    says: ["e2e-one-tag", "nightly"],
    program: published({ name: "e2e-one-tag", files: ok }, `import "e2e-one-tag@nightly";`),
  },
  {
    title: "a missing export of a package",
    code: "ERR_EXPORT_NOT_FOUND",
    says: ["nothing", "e2e-exports"],
    program: published(
      { name: "e2e-exports", manifest: { type: "module" }, files: { "index.js": "export const something = 1;" } },
      `import { nothing } from "e2e-exports"; console.log(nothing);`,
    ),
  },
  {
    title: "a path that the package does not export",
    code: "ERR_PACKAGE_PATH_NOT_EXPORTED",
    says: ["./inner.js", "e2e-closed"],
    program: published(
      { name: "e2e-closed", manifest: { exports: "./index.js" }, files: { ...ok, "inner.js": "" } },
      `import "e2e-closed/inner.js";`,
    ),
  },
  {
    title: "a package with no entry for browsers",
    code: "ERR_NO_BROWSER_ENTRY",
    says: ["e2e-types-only"],
    program: published(
      { name: "e2e-types-only", manifest: { types: "index.d.ts" }, files: { "index.d.ts": "export {}" } },
      `import "e2e-types-only";`,
    ),
  },
  {
    title: "a dependency that the registry does not have: the chain is named",
    code: "ERR_PACKAGE_NOT_FOUND",
    says: ["e2e-no-such-dependency", "e2e-depends"],
    program: published(
      {
        name: "e2e-depends",
        manifest: { dependencies: { "e2e-no-such-dependency": "^1.0.0" } },
        files: { "index.js": `require("e2e-no-such-dependency")` },
      },
      `import "e2e-depends";`,
    ),
  },
];

const archives: readonly Case[] = [
  {
    title: "a truncated archive",
    code: "ERR_ARCHIVE_INVALID",
    says: ["e2e-truncated@1.0.0"],
    program: published(
      { name: "e2e-truncated", files: ok, damage: (archive) => archive.slice(0, archive.length >> 1) },
      `import "e2e-truncated";`,
    ),
  },
  {
    title: "an archive that is not one",
    code: "ERR_ARCHIVE_INVALID",
    says: ["e2e-no-archive@1.0.0"],
    program: published(
      { name: "e2e-no-archive", damage: () => new TextEncoder().encode("hello") },
      `import "e2e-no-archive";`,
    ),
  },
  {
    title: "an archive that is larger than the limit once unpacked",
    code: "ERR_SIZE_LIMIT",
    says: ["e2e-bomb@1.0.0"],
    program: published(
      { name: "e2e-bomb", files: ok, bombBytes: DEFAULT_LIMITS.unpackedBytes + 1 },
      `import "e2e-bomb";`,
    ),
  },
  {
    title: "a path that leaves the package",
    code: "ERR_ARCHIVE_INVALID",
    says: ["e2e-escape@1.0.0", "../../evil.js"],
    program: published(
      { name: "e2e-escape", files: ok, entries: { "package/../../evil.js": "x" } },
      `import "e2e-escape";`,
    ),
  },
  {
    title: "an archive cut off on the way, every time",
    code: "ERR_FETCH_FAILED",
    says: ["e2e-cut"],
    program: troubled("e2e-cut", "archive", { kind: "cut" }),
  },
];

const addresses: readonly Case[] = [
  {
    title: "a URL that gives 404",
    code: "ERR_FETCH_STATUS",
    says: ["404", "files/bad/gone.js"],
    program: (registry) => `import "${registry.serve("bad/gone.js", { body: "", status: 404 })}";`,
  },
  {
    title: "a URL that gives HTML",
    code: "ERR_UNEXPECTED_TYPE",
    says: ["text/html", "files/bad/page.js"],
    program: (registry) =>
      `import "${registry.serve("bad/page.js", { body: "<!doctype html><p>Not found</p>", type: "text/html" })}";`,
  },
  {
    title: "a URL that gives a picture",
    code: "ERR_UNEXPECTED_TYPE",
    says: ["image/png", "files/bad/picture.js"],
    program: (registry) => `import "${registry.serve("bad/picture.js", { body: "PNG", type: "image/png" })}";`,
  },
  {
    title: "a URL that redirects for ever",
    code: "ERR_TOO_MANY_REDIRECTS",
    says: ["files/bad/round.js"],
    program: (registry) =>
      `import "${registry.serve("bad/round.js", { body: "", status: 302, headers: { location: "/files/bad/round.js" } })}";`,
  },
];

const upstream: readonly Case[] = [
  {
    title: "an upstream that resets the connection",
    code: "ERR_FETCH_FAILED",
    says: ["e2e-reset"],
    program: troubled("e2e-reset", "packument", { kind: "reset" }),
  },
  {
    title: "an upstream that is broken",
    code: "ERR_FETCH_STATUS",
    says: ["e2e-broken", "503"],
    program: troubled("e2e-broken", "packument", { kind: "status", status: 503 }),
  },
  {
    title: "an upstream that answers with a page",
    code: "ERR_UNEXPECTED_TYPE",
    says: ["e2e-page"],
    program: troubled("e2e-page", "packument", { kind: "html" }),
  },
  {
    title: "an upstream whose archives are pages",
    code: "ERR_UNEXPECTED_TYPE",
    says: ["e2e-archive-page"],
    program: troubled("e2e-archive-page", "archive", { kind: "html" }),
  },
];

for (const { title, code, says, program } of [...visitor, ...packages, ...archives, ...addresses, ...upstream]) {
  test(`${code}: ${title}`, async ({ playground, registry }) => {
    const project = typeof program === "function" ? await program(registry) : program;
    await playground.open();
    const text = await playground.runToError(code, project);
    for (const part of says)
      expect(text).toEqual(part instanceof RegExp ? expect.stringMatching(part) : expect.stringContaining(part));
    await playground.runToEnd(`console.log("the page goes on");`);
    await expect(playground.console()).toContainText("the page goes on");
  });
}

test("R114: an upstream that fails once is asked again", async ({ playground, registry }) => {
  await registry.publish({ name: "e2e-once", files: ok });
  registry.misbehave("npm/e2e-once", { kind: "status", status: 503 }, 1);
  registry.misbehave("npm/e2e-once/-/e2e-once-1.0.0.tgz", { kind: "reset" }, 1);
  await playground.open();
  await playground.runToEnd(`import one from "e2e-once"; console.log("one", one);`);
  await expect(playground.console()).toContainText("one 1");
});

test("R113: a slow upstream is waited for, and the page says so meanwhile", async ({ playground, registry }) => {
  await registry.publish({ name: "e2e-slow", files: ok });
  registry.misbehave("npm/e2e-slow", { kind: "slow", ms: 3_000 });
  await playground.open();
  await playground.setProject(`import one from "e2e-slow"; console.log("one", one);`);
  await playground.page.getByTestId("run").click();
  await expect(playground.status).toHaveAttribute("data-state", "loading");
  await expect(playground.console()).toContainText("one 1");
});

test("R113: while an upstream hangs, a visitor can stop and run something else", async ({ playground, registry }) => {
  await registry.publish({ name: "e2e-hang", files: ok });
  registry.misbehave("npm/e2e-hang", { kind: "hang" });
  await playground.open();
  await playground.setProject(`import "e2e-hang";`);
  await playground.page.getByTestId("run").click();
  await expect(playground.status).toHaveAttribute("data-state", "loading");
  await playground.page.getByTestId("run").click();
  await expect(playground.status).toHaveAttribute("data-state", "stopped");
  await playground.runToEnd(`console.log("the page goes on");`);
  await expect(playground.console()).toContainText("the page goes on");
});

type Made = Parameters<RegistryServer["publish"]>[0];
type Fault = Parameters<RegistryServer["misbehave"]>[1];

/** A case whose trouble is in the package. */
function published(source: Made, program: string): Case["program"] {
  return async (registry) => {
    await registry.publish(source);
    return program;
  };
}

/** A case whose trouble is on the way to a good package. */
function troubled(name: string, what: "packument" | "archive", fault: Fault): Case["program"] {
  return async (registry) => {
    await registry.publish({ name, files: ok });
    registry.misbehave(what === "packument" ? `npm/${name}` : `npm/${name}/-/${name}-1.0.0.tgz`, fault);
    return `import "${name}";`;
  };
}
