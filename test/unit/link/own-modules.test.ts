import { describe, it } from "vitest";
import { OwnModules } from "../../../src/link/own-modules.ts";

const file = (text: string, path = "/main.ts") => ({ path, bytes: new TextEncoder().encode(text), shownAs: path });
const URL = "https://app.test/~/project/main.ts";

describe("the project's own modules", () => {
  it("R8: are compiled once for each text, however often a load comes by", ({ expect }) => {
    const modules = new OwnModules();
    const first = modules.compile(URL, file("export const a: number = 1;"), {});
    expect(modules.compile(URL, file("export const a: number = 1;"), {})).toBe(first);
    const changed = modules.compile(URL, file("export const b = 2;"), {});
    expect(changed.record.exports.map(({ name }) => name)).toEqual(["b"]);
  });

  it("what does not compile is an error each time it is asked for", ({ expect }) => {
    const modules = new OwnModules();
    for (const specifier of ["./a.ts", "./b.ts"]) {
      expect(() => modules.compile(URL, file("const ;"), { specifier })).toThrow(
        expect.objectContaining({ code: "ERR_SOURCE_PARSE", details: expect.objectContaining({ specifier }) }),
      );
    }
  });
});
