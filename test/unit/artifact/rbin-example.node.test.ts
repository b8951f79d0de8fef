import { readFileSync } from "node:fs";
import { describe, it } from "vitest";
import { writeRbin } from "../../../src/artifact/write-rbin.ts";
import { EXAMPLE_HEADER, EXAMPLE_PACKAGE } from "./example-package.ts";

/** Bytes in hex and texts in quotation marks, up to the two blanks before what is said of them. */
function parseExample(block: string): string {
  return block
    .split("\n")
    .map((line) => /^(?:"(.*)"(?: 0a)?(?=  |$)|(?:[0-9a-f]{2} {0,2})+)/.exec(line))
    .map((match) => {
      const [all = "", text] = match ?? [];
      if (text === undefined) return all.replaceAll(" ", "");
      return Buffer.from(text).toString("hex") + (all.endsWith(" 0a") ? "0a" : "");
    })
    .join("");
}

describe("docs/rbin.md", () => {
  it("shows byte for byte what the writer makes", ({ expect }) => {
    const page = readFileSync(new URL("../../../docs/rbin.md", import.meta.url), "utf8");
    const block = /```rbin\n(.*?)```/s.exec(page)?.[1] ?? "";
    const written = Buffer.from(writeRbin(EXAMPLE_HEADER, EXAMPLE_PACKAGE)).toString("hex");
    expect(parseExample(block)).toBe(written);
  });
});
