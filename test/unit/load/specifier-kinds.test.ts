import { describe, it } from "vitest";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";

const url = "https://cdn.test/x.js";
const text = "export const x = 1;";
const project = (main: string) => ({ entry: "/main.ts", files: { "/main.ts": main } });

async function digestOf(source: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(source));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("R16: a URL with the digest of what is there", () => {
  it("is fetched without it, and loads what fits", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    registry.answer(url, text);
    const program = await registry
      .loader()
      .load(project(`import { x } from "${url}?sha256=${await digestOf(text)}"; x;`));
    expect(program.lockfile).toContain(url);
  });

  it("refuses what does not fit, locked or not", async ({ expect }) => {
    const registry = await createFakeRegistry([]);
    registry.answer(url, text);
    const files = project(`import "${url}#sha256-${await digestOf("other")}";`);
    const mismatch = { code: "ERR_INTEGRITY_MISMATCH", details: expect.objectContaining({ specifier: url }) };
    await expect(registry.loader().load(files)).rejects.toMatchObject({ code: mismatch.code });
    const { lockfile } = await registry.loader().load(project(`import "${url}";`));
    await expect(registry.loader().load(files, { lockfile })).rejects.toMatchObject(mismatch);
  });
});

describe("specifiers that are understood and cannot be loaded", () => {
  it.for([
    ["github:user/repo#v1", "ERR_SOURCE_UNSUPPORTED", "is a git repository"],
    ["https://github.com/user/repo/v1.0.0", "ERR_SOURCE_UNSUPPORTED", "is a git repository"],
    ["workspace:ui", "ERR_SOURCE_UNSUPPORTED", "is a package of a workspace"],
    ["ui@catalog:", "ERR_SOURCE_UNSUPPORTED", "is a package from elsewhere than the registry"],
    ["native:crypto", "ERR_SOURCE_UNSUPPORTED", "is a native module"],
    ["file:///main.ts", "ERR_UNSUPPORTED_ESM_URL_SCHEME", '"file:" URLs cannot be imported'],
  ] as const)("%s: %s", async ([specifier, code, says], { expect }) => {
    const registry = await createFakeRegistry([]);
    const load = registry.loader().load(project(`import "${specifier}";`));
    await expect(load).rejects.toMatchObject({ code, message: expect.stringContaining(says) });
  });
});
