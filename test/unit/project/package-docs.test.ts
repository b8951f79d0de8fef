import { describe, it } from "vitest";
import { createLimits } from "../../../src/limits.ts";
import { markdownHeadings, markdownSection } from "../../../src/project/markdown-section.ts";
import { packageDocs } from "../../../src/project/package-docs.ts";
import { createFakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";
import { errorOf } from "./virtual-project.ts";

const README = `Logging
=======

Fast.

## tldr

\`\`\`js
# no heading
## nor this
log("x");
\`\`\`

### Deep down

more

## **Getting** [started](https://a.test/) \`now\`

go

Second of two
---

| a | b |
|---|---|
`;

const manifest = { name: "logging", version: "1.2.3" };
const older = { ...manifest, version: "1.0.0" };

async function docs(argument: string): Promise<string> {
  const registry = await createFakeRegistry([
    { manifest: older, files: { "readme.markdown": "# Old\n" } },
    { manifest, files: { "README.md": README, "docs/README.md": "# Other\n" } },
    { manifest: { name: "bare", version: "1.0.0" } },
  ]);
  registry.answer("https://cdn.test/guide.md", "# Guide\n\n## tldr\n\nshort\n");
  const context = { host: registry.host, limits: createLimits(), emit: () => undefined };
  return packageDocs(argument, context, { registry: REGISTRY, now: Date.UTC(2026, 0, 1) });
}

describe("docs", () => {
  it("M68: gives the README of the version that is asked for", async ({ expect }) => {
    expect(await docs("logging")).toBe(README);
    expect(await docs("logging@1.0.0")).toBe("# Old\n");
  });

  it.for([
    ["logging#tldr", /^## tldr\n\n```js\n# no heading\n[\s\S]*### Deep down\n\nmore\n$/],
    ["logging # tldr", /^## tldr\n/],
    ["logging@^1#Deep down", /^### Deep down\n\nmore\n$/],
    ["logging#getting-started-now", /^## \*\*Getting\*\* [^\n]+\n\ngo\n$/],
    ["logging#Getting started now", /^## \*\*Getting\*\*/],
    ["logging#second%20of%20two", /^Second of two\n---\n\n\| a \| b \|\n\|---\|---\|\n$/],
    ["logging#logging", /^Logging\n=======\n[\s\S]*\|\n$/],
    ["https://cdn.test/guide.md # tldr", /^## tldr\n\nshort\n$/],
  ] as const)("M68: gives the section of %s", async ([argument, text], { expect }) => {
    expect(await docs(argument)).toMatch(text);
  });

  it("M68: says which sections there are, and what has no README", async ({ expect }) => {
    expect(await errorOf(docs("logging#install"))).toMatchObject({
      code: "ERR_SECTION_NOT_FOUND",
      details: { hint: "it has: Logging, tldr, Deep down, Getting started now, Second of two" },
    });
    expect(await errorOf(docs("logging@1.0.0#no heading"))).toMatchObject({ code: "ERR_SECTION_NOT_FOUND" });
    expect(await errorOf(docs("bare"))).toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
    expect((await errorOf(docs("nobody#x"))).code).toBe("ERR_PACKAGE_NOT_FOUND");
  });

  it("takes no code, rule, table or list for a heading", ({ expect }) => {
    const text = "~~~\n# a\n```\n# b\n~~~\n\n---\n\n- item\n---\n\n#hash\n\n# c #\n\n    # code\n";
    expect(markdownHeadings(text)).toEqual(["c"]);
    expect(markdownSection("# a\r\n\r\ntext\r\n# b\r\n", "A")).toBe("# a\n\ntext\n");
    expect(markdownSection("# a\n", "b")).toBeUndefined();
  });
});
