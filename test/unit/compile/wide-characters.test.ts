import { describe, it } from "vitest";
import { recordOf } from "./record-of.ts";

const codeOf = (source: string, path?: string) => recordOf(source, path).code;

describe("characters above U+00FF, which would make an image two bytes a character", () => {
  it.for([
    [`export const x = "a − b";`, `const x = "a \\u2212 b";\n`],
    [`export const x = 'µ é';`, `const x = 'µ é';\n`],
    ["export const x = `€${1}\n  €`;", "const x = `\\u20ac${1}\n  \\u20ac`;\n"],
    [`export const x = { "−": '😀' };`, `const x = { "\\u2212": '\\ud83d\\ude00' };\n`],
    [`export const x = "a\u2028b";`, `const x = "a\\u2028b";\n`],
  ] as const)("are written as escapes in strings: %s", ([source, code], { expect }) => {
    expect(codeOf(source)).toBe(code);
  });

  it.for([
    ["export const x = String.raw`€`;", "const x = String.raw`€`;\n"],
    [`export const x = /€/;`, `const x = /€/;\n`],
    [`export const x = "\\€";`, `const x = "\\€";\n`],
    [`export const π = 3;`, `const π = 3;\n`],
  ] as const)(
    "stay where how they are written can be seen, or where they are names: %s",
    ([source, code], { expect }) => {
      expect(codeOf(source)).toBe(code);
    },
  );

  it("keep lines and places in step", ({ expect }) => {
    const { lines, code, relocations } = recordOf(
      "import { a } from 'a';\nconst t = `€\n€\n`;\n\nexport const x = process.env.NODE_ENV === 'test' ? a.b : '€'\nexport const y = a;",
    );
    expect(lines).toEqual([2, 3, 4, 6, 7]);
    const texts = [];
    for (let at = 0; at < relocations.length; at += 5) {
      const [start = 0, length = 0] = relocations.slice(at, at + 2);
      texts.push(code.slice(start, start + length));
    }
    expect(texts).toContain("a.b");
    expect(texts).toContain("'\\u20ac'");
    expect(texts.at(-1)).toBe("a");
  });

  it("are written as escapes in JSON", ({ expect }) => {
    const { code } = recordOf('{ "−": "😀 µ" }', "x.json");
    expect(code).toBe('{ "\\u2212": "\\ud83d\\ude00 µ" }');
    expect(JSON.parse(code)).toEqual({ "−": "😀 µ" });
  });
});
