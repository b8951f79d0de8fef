import { describe, inject, it } from "vitest";
import { compileArchive } from "../../src/artifact/compile-archive.ts";
import { rbinIndexLength } from "../../src/artifact/read-rbin.ts";
import { rbinDigest } from "../../src/artifact/verify-rbin.ts";
import { COMPILER_ID } from "../../src/compile/compile-objects.ts";
import { createLimits } from "../../src/limits.ts";
import { verifyBytes } from "../../src/verify/verify-bytes.ts";

describe("R4: an archive gives the same bytes on every platform, today and on another machine", () => {
  it("by the compiler that the digests are of: who changes what it makes changes its id", ({ expect }) => {
    expect(COMPILER_ID).toBe(inject("expectedCompiler"));
  });

  it.for(inject("packages"))("$id", async ({ id, integrity, digest }, { expect }) => {
    const response = await fetch(inject("archives") + id);
    const archive = new Uint8Array(await response.arrayBuffer());
    await verifyBytes(archive, integrity, { package: id });
    const rbin = await compileArchive(archive, id, createLimits());
    expect(rbinDigest(rbin, rbinIndexLength(rbin, id))).toBe(digest);
  });
});
