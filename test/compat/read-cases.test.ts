import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cases, readCases } from "../../scripts/compat/read-cases.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "raya-cases-"));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function file(content: unknown): Promise<string> {
  const path = join(folder, `${files++}.json`);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function read(list: unknown, oracle: unknown, smoke?: unknown): Promise<Cases> {
  return readCases({
    packages: await file(list),
    oracle: await file(oracle),
    ...(smoke !== undefined && { smoke: await file(smoke) }),
  });
}

const LIST = { packages: [{ id: "a@1.0.0", name: "a", version: "1.0.0", subpaths: ["./sub"] }] };
const plain = (byType: Record<string, string[]>) => ({ browser: { status: "plain", byType } });

describe("readCases", () => {
  it("joins packages, their exports by kind and their smoke checks", async () => {
    const oracle = {
      packages: [
        { id: "a@1.0.0", entries: { ".": plain({ function: ["f"], object: ["default"] }), "./sub": plain({}) } },
      ],
    };
    const smoke = { cases: [{ id: "a@1.0.0", entry: ".", expr: "m.f()", expected: [1] }] };
    const { packages } = await read({ before: "2026-11-01", ...LIST }, oracle, smoke);
    expect(packages).toEqual([
      {
        id: "a@1.0.0",
        peers: {},
        entries: [
          {
            specifier: "a@1.0.0",
            status: "plain",
            kinds: { f: "function", default: "object" },
            checks: [{ expression: "m.f()", expected: [1] }],
          },
          { specifier: "a@1.0.0/sub", status: "plain", kinds: {}, checks: [] },
        ],
      },
    ]);
  });

  it("keeps entries apart that no bundler loads, with what Node finds in them", async () => {
    const browser = { status: "fails", plainError: 'Could not resolve "fs"' };
    const oracle = {
      packages: [{ id: "a@1.0.0", entries: { ".": { node: { byType: { function: ["f"] } }, browser } } }],
    };
    const [item] = (await read(LIST, oracle)).packages;
    expect(item?.entries).toEqual([
      {
        specifier: "a@1.0.0",
        status: "fails",
        nodeKinds: { f: "function" },
        bundlerError: 'Could not resolve "fs"',
        checks: [],
      },
      { specifier: "a@1.0.0/sub", status: "unknown", checks: [] },
    ]);
  });

  it("takes subpaths with and without the dot for the same", async () => {
    const list = { packages: [{ name: "a", version: "1.0.0", subpaths: ["sub"] }] };
    const oracle = { packages: [{ id: "a@1.0.0", entries: { "./sub": plain({ function: ["f"] }) } }] };
    const smoke = { cases: [{ id: "a@1.0.0", entry: "sub", expr: "1" }] };
    const [item] = (await read(list, oracle, smoke)).packages;
    expect(item?.entries.map(({ specifier, kinds, checks }) => [specifier, kinds, checks.length])).toEqual([
      ["a@1.0.0", undefined, 0],
      ["a@1.0.0/sub", { f: "function" }, 1],
    ]);
  });

  it("takes a name like __proto__ for a name", async () => {
    const oracle =
      '{"packages":[{"id":"a@1.0.0","entries":{".":{"browser":{"status":"plain","byType":{"object":["__proto__"]}}}}}]}';
    const { packages } = await readCases({ packages: await file(LIST), oracle: await file(oracle) });
    expect(Object.keys(packages[0]?.entries[0]?.kinds ?? {})).toEqual(["__proto__"]);
  });

  it.each([
    ["{", "is not JSON"],
    ["{}", 'has no list "packages"'],
  ])("says which file %s is not a list", async (content, message) => {
    const packages = await file(content);
    await expect(readCases({ packages, oracle: await file({ packages: [] }) })).rejects.toThrow(
      new RegExp(`"${packages}" ${message}`),
    );
  });
});
