import { expect } from "playwright/test";
import type { RegistryServer } from "../fixtures/registry-server/registry-server.ts";
import { test } from "./playground-test.ts";

// What a visitor may write, apart from the packages themselves.

/** (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)) */
const ADD_WASM = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100, 100, 0, 0, 10, 9, 1,
  7, 0, 32, 0, 32, 1, 106, 11,
]);

test.beforeEach(({ playground }) => playground.open());

async function publishVersions(registry: RegistryServer): Promise<void> {
  for (const version of ["1.0.0", "1.4.0", "2.0.0"]) {
    const files = { "index.js": `module.exports = "${version}"` };
    await registry.publish({ name: "e2e-versions", version, files, distTags: { latest: "2.0.0", old: "1.0.0" } });
  }
}

for (const [specifier, version] of [
  ["e2e-versions", "2.0.0"],
  ["e2e-versions@1.0.0", "1.0.0"],
  ["e2e-versions@^1", "1.4.0"],
  ["e2e-versions@old", "1.0.0"],
]) {
  test(`R10 R11 R12: "${specifier}" is ${version}`, async ({ playground, registry }) => {
    await publishVersions(registry);
    await playground.runToEnd(`import version from "${specifier}"; console.log("got", version);`);
    await expect(playground.console()).toContainText(`got ${version}`);
    expect((await playground.packages()).map((row) => row.version)).toEqual([version]);
  });
}

test("R78: ranges that no version meets give two versions side by side", async ({ playground, registry }) => {
  await publishVersions(registry);
  await playground.runToEnd(`
    import older from "e2e-versions@^1";
    import newer from "e2e-versions@^2";
    console.log(older, newer);
  `);
  await expect(playground.console()).toContainText("1.4.0 2.0.0");
  expect((await playground.packages()).map(({ version }) => version).toSorted()).toEqual(["1.4.0", "2.0.0"]);
});

test("R79: imports that one version meets share it", async ({ playground, registry }) => {
  await publishVersions(registry);
  await playground.runToEnd(`
    import any from "e2e-versions";
    import older from "e2e-versions@^1";
    import exact from "e2e-versions@1.0.0";
    console.log(any, older, exact);
  `);
  await expect(playground.console()).toContainText("1.0.0 1.0.0 1.0.0");
  expect(await playground.packages()).toHaveLength(1);
});

test("R18 R19: a second file, relative to the one that imports it", async ({ playground }) => {
  await playground.runToEnd({
    "/main.ts": `import { chart } from "./lib/chart.ts"; console.log(chart([1, 2, 3]));`,
    "/lib/chart.ts": `import { bar } from "./bar.ts"; export const chart = (values: number[]) => values.map(bar).join(" ");`,
    "/lib/bar.ts": `export const bar = (value: number): string => "#".repeat(value);`,
  });
  await expect(playground.console()).toContainText("# ## ###");
});

test("TypeScript and JSX run without being asked for", async ({ playground }) => {
  await playground.runToEnd(`
    import { createElement } from "react";
    interface Props { readonly name: string }
    const Hello = ({ name }: Props) => <p>Hello {name as string}</p>;
    enum Level { Low, High }
    console.log((<Hello name="x" />).props.name satisfies string, typeof createElement, Level[Level.High]);
  `);
  await expect(playground.console()).toContainText("x function High");
});

test("R15 R17: a URL import, and what it imports by a relative path", async ({ playground, registry }) => {
  registry.serve("shapes/area.js", { body: `export const area = (r) => Math.round(Math.PI * r * r);` });
  const url = registry.serve("shapes/circle.js", {
    body: `import { area } from "./area.js"; export const circle = (r) => "circle " + area(r);`,
  });
  await playground.runToEnd(`import { circle } from "${url}"; console.log(circle(10));`);
  await expect(playground.console()).toContainText("circle 314");
});

test("R19: a redirect decides what relative imports are relative to", async ({ playground, registry }) => {
  registry.serve("v2/part.js", { body: `export default "part of v2"` });
  registry.serve("v2/index.js", { body: `export { default } from "./part.js"` });
  const url = registry.serve("latest.js", { body: "", status: 302, headers: { location: "/files/v2/index.js" } });
  await playground.runToEnd(`import part from "${url}"; console.log(part);`);
  await expect(playground.console()).toContainText("part of v2");
});

test("a .wasm file by URL gives its exports", async ({ playground, registry }) => {
  const url = registry.serve("add.wasm", { body: ADD_WASM, type: "application/wasm" });
  await playground.runToEnd(`import { add } from "${url}"; console.log("sum", add(40, 2));`);
  await expect(playground.console()).toContainText("sum 42");
});

test("import() loads at run time what was not loaded before", async ({ playground, registry }) => {
  await registry.publish({
    name: "e2e-late",
    files: { "index.js": `export const late = "came late"` },
    manifest: { type: "module" },
  });
  await playground.runToEnd(`
    const name = "e2e-" + "late";
    const { late } = await import(name);
    console.log(late);
  `);
  await expect(playground.console()).toContainText("came late");
  expect(await playground.packages()).toEqual([expect.objectContaining({ name: "e2e-late" })]);
});

test("an error names the visitor's own line, in TypeScript too", async ({ playground }) => {
  const text = await playground.runToError("ERR_EVALUATION_FAILED", {
    "/main.ts": `interface Gone { a: string }\n\nconst gone: Gone | undefined = undefined as Gone | undefined;\nthrow new Error("thrown on line 4 " + gone?.a);\n`,
  });
  expect(text).toContain("thrown on line 4");
  expect(text).toMatch(/main\.ts:4/);
});

test("an error in a package names the package's file and line", async ({ playground, registry }) => {
  await registry.publish({
    name: "e2e-throws",
    files: { "index.js": `exports.fail = function fail() {\n  throw new TypeError("from inside");\n};` },
  });
  const text = await playground.runToError("ERR_EVALUATION_FAILED", `import { fail } from "e2e-throws";\nfail();`);
  expect(text).toContain("from inside");
  expect(text).toMatch(/e2e-throws@1\.0\.0\/index\.js:2/);
});

test("R5 R71: what is locked is what runs, when newer versions are out", async ({ playground, registry }) => {
  await registry.publish({ name: "e2e-locked", version: "1.0.0", files: { "index.js": `module.exports = "one"` } });
  const program = `import version from "e2e-locked@^1"; console.log(version);`;
  await playground.runToEnd(program);
  const lockfile = await playground.lockfile();
  expect(lockfile).toContain("1.0.0");
  await registry.publish({ name: "e2e-locked", version: "1.1.0", files: { "index.js": `module.exports = "newer"` } });

  await playground.open();
  await playground.setProject(program);
  await playground.setLockfile(lockfile);
  await playground.runToEnd();
  await expect(playground.console()).toContainText("one");
  expect(await playground.lockfile()).toBe(lockfile);
});

test("R4 R120: the panel shows the SHA-256 of the archive and that it came from upstream", async ({
  playground,
  registry,
}) => {
  const { archive } = await registry.publish({ name: "e2e-digest", files: { "index.js": `module.exports = 1` } });
  await playground.runToEnd(`import "e2e-digest";`);
  const hash = await crypto.subtle.digest("SHA-256", new Uint8Array(archive));
  const sha256 = Buffer.from(hash).toString("hex");
  expect(await playground.packages()).toEqual([{ name: "e2e-digest", version: "1.0.0", source: "upstream", sha256 }]);
});
