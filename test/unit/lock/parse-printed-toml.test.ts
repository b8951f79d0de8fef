import { parse } from "smol-toml";
import { describe, it } from "vitest";
import { parsePrintedToml } from "../../../src/lock/parse-printed-toml.ts";

const PRINTED = `# made
version = 2
trusted = ["a", "b\\u0041"]
odd = { x = 1, "y z" = [true, { w = 2020-01-01 }] }

[overrides]
a = "1"
"@x/b>c" = "^2 || \\"3\\""
"" = "empty"

[catalogs.default]
a = "1"

[catalogs.other]
a = "2"

[[importer]]
path = "."
[importer.dependencies]
a = { range = "^1", id = "a@1.0.0" }

[[package]]
name = "a"
size = -1.5e3
[package.dependencies]
b = "b@1.0.0"
[package.bin]
b = "b@1.0.0"

[[package]]
name = "b"
`;

describe("TOML as it is printed", () => {
  it("is what a parser of all of TOML makes of it", ({ expect }) => {
    expect(parsePrintedToml(PRINTED)).toEqual(parse(PRINTED));
    expect(parsePrintedToml("")).toEqual({});
  });

  it("is left to that parser where it is written in another way, or is wrong", ({ expect }) => {
    const others = [
      "a=1",
      " a = 1",
      "a = 1\r\n",
      "a = 1\na = 2",
      "a.b = 1",
      "'a' = 1",
      '"a\\u0041" = 1',
      'a = """\nx\n"""',
      "a = [\n1]",
      "a = ",
      "a = 1 2",
      'a = "x\u0001"',
      "just words",
      "[a",
      "[ a ]",
      '["a"]',
      "[a.b.c]",
      "[a]\n[a]",
      "[[a]]\n[a]",
      "a = 1\n[a]",
      "a = 1\n[[a]]",
      "[a]\n[[a]]",
      "a = 1\n[a.b]",
      "[[a]]\n[a.b]\n[a.b]",
      "[[a]]\nb = 1\n[a.b]",
      '"__proto__" = "x"',
      "__proto__ = 1",
      "[__proto__]",
      "[constructor]",
      "[[toString]]",
      "[[a.b]]",
      "[[a]]\n[[a],",
      "[[a]]\n[[a]#",
      "<<<<<<< mine",
    ];
    expect(others.filter((text) => parsePrintedToml(text) !== undefined)).toEqual([]);
  });

  it("takes what is written after the value, and comments, as that parser does", ({ expect }) => {
    for (const text of ['a = "b" # "c"', "a = 1 # one", "# only", 'a = "b"\n# c\n[d]\n"constructor" = "e"\n']) {
      expect(parsePrintedToml(text)).toEqual(parse(text));
    }
  });

  it("never takes what that parser refuses or reads otherwise, however it was edited", ({ expect }) => {
    const parts = [
      '"',
      "\\",
      " = ",
      "[",
      "]]",
      "\n",
      "#",
      "'",
      "{",
      ",",
      " ",
      "a",
      "__proto__",
      ".",
      "\\u0041",
      '[["a"]]',
    ];
    let seed = 1;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    let taken = 0;
    for (let edited = 0; edited < 2000; edited++) {
      const at = random(PRINTED.length);
      const text = `${PRINTED.slice(0, at)}${parts[random(parts.length)]}${PRINTED.slice(at + random(3))}`;
      const found = parsePrintedToml(text);
      if (found === undefined) continue;
      taken++;
      expect(found, text).toEqual(parse(text));
    }
    expect(taken).toBeGreaterThan(100);
  });
});
