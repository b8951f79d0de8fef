import { describe, it } from "vitest";
import { removeJsonEntry, setJsonEntry } from "../../../src/project/edit-json.ts";
import { removeTomlEntry, setTomlEntry } from "../../../src/project/edit-toml.ts";
import { errorOf } from "./virtual-project.ts";

const set = (text: string, name: string, value: string): string => setJsonEntry(text, "dependencies", name, value);
const remove = (text: string, name: string): string => removeJsonEntry(text, "dependencies", name);

describe("editing package.json (L13, P18)", () => {
  it("puts a dependency among sorted ones and leaves indentation, order and the end of the file alone", ({
    expect,
  }) => {
    const text =
      '{\n\t"scripts": { "x":  "y" },\n\t"dependencies": {\n\t\t"a": "^1",\n\t\t"c": "^3"\n\t},\n\t"name": "app"\n}';
    const edited = set(text, "b", "^2");
    expect(edited).toBe(text.replace('"a": "^1",\n', '"a": "^1",\n\t\t"b": "^2",\n'));
    expect(remove(edited, "b")).toBe(text);
  });

  it("puts it last where they are in no order", ({ expect }) => {
    const text = '{\n  "dependencies": {\n    "z": "1",\n    "a": "1"\n  }\n}\n';
    expect(set(text, "b", "2")).toBe('{\n  "dependencies": {\n    "z": "1",\n    "a": "1",\n    "b": "2"\n  }\n}\n');
  });

  it("changes a range in its place, and nothing that looks like it elsewhere", ({ expect }) => {
    const text = '{ "a": { "dependencies": { "x": "1" } }, "dependencies": { "x": "1", "y\\"": "2" } }';
    expect(set(text, "x", "2")).toBe(
      '{ "a": { "dependencies": { "x": "1" } }, "dependencies": { "x": "2", "y\\"": "2" } }',
    );
  });

  it.for([
    ["{}", '{\n  "dependencies": {\n    "x": "1"\n  }\n}'],
    ['{\n    "name": "a"\n}\n', '{\n    "name": "a",\n    "dependencies": {\n        "x": "1"\n    }\n}\n'],
    ['{\r\n  "dependencies": {}\r\n}\r\n', '{\r\n  "dependencies": {\r\n    "x": "1"\r\n  }\r\n}\r\n'],
    ['{"name":"a"}', '{"name":"a","dependencies":{"x":"1"}}'],
    ['{ "name": "a" }', '{ "name": "a", "dependencies": { "x": "1" } }'],
    ['{"dependencies": {"a": "1"}}', '{"dependencies": {"a": "1", "x": "1"}}'],
    ['{"dependencies":{"a":"1"}}', '{"dependencies":{"a":"1","x":"1"}}'],
  ] as const)("writes the way the text is written: %s", ([text, edited], { expect }) => {
    expect(set(text, "x", "1")).toBe(edited);
  });

  it("takes the only, the first, the last", ({ expect }) => {
    expect(remove('{ "dependencies": { "x": "1" } }', "x")).toBe('{ "dependencies": {} }');
    expect(remove('{ "dependencies": { "x": "1", "y": "1" } }', "x")).toBe('{ "dependencies": { "y": "1" } }');
    expect(remove('{ "dependencies": { "x": "1", "y": "1" } }', "y")).toBe('{ "dependencies": { "x": "1" } }');
    expect(remove('{ "name": "x" }', "x")).toBe('{ "name": "x" }');
  });
});

const toml = `# The app.
[package]
name = "app" # said once

[dependencies] # what runs
http = "^1"   # pinned by ops
# local work
"shared-utils" = { path = "../shared" }

[dev-dependencies]
testing = "1"
`;

describe("editing raya.toml (R52, R123)", () => {
  const setIn = (text: string, table: string, name: string, value: string): string =>
    setTomlEntry(text, table, name, value, "raya.toml");

  it("changes a range and keeps the comment behind it", ({ expect }) => {
    expect(setIn(toml, "dependencies", "http", "^2")).toBe(toml.replace('"^1" ', '"^2" '));
    expect(setIn(toml, "dependencies", "shared-utils", "^2")).toBe(toml.replace('{ path = "../shared" }', '"^2"'));
  });

  it("adds a line in order, and a table where there is none", ({ expect }) => {
    expect(setIn(toml, "dependencies", "json", "^2")).toBe(
      toml.replace('# local work\n"shared', '# local work\njson = "^2"\n"shared'),
    );
    expect(setIn(toml, "dependencies", "@org/x", "1")).toBe(toml.replace("http =", '"@org/x" = "1"\nhttp ='));
    expect(setIn(toml, "peer-dependencies", "x", "1")).toBe(`${toml}\n[peer-dependencies]\nx = "1"\n`);
    expect(setIn('[dependencies]\na = "1"', "dependencies", "b", "2")).toBe('[dependencies]\na = "1"\nb = "2"\n');
  });

  it("takes a line out and keeps the comments around it", ({ expect }) => {
    expect(removeTomlEntry(toml, "dependencies", "shared-utils", "raya.toml")).toBe(
      toml.replace('"shared-utils" = { path = "../shared" }\n', ""),
    );
    expect(removeTomlEntry(toml, "dependencies", "testing", "raya.toml")).toBe(toml);
  });

  it("refuses what it would have to guess at, and does nothing then", async ({ expect }) => {
    const nested = '[dependencies.http]\nversion = "1"\n';
    const error = await errorOf((async () => removeTomlEntry(nested, "dependencies", "http", "raya.toml"))());
    expect(error.code).toBe("ERR_INVALID_PACKAGE_CONFIG");
    expect(error.message).toContain("raya.toml cannot be used");
  });
});
