import { gzipSync } from "fflate";
import { packTar, type TarEntry } from "modern-tar";
import { describe, it } from "vitest";
import { unpackArchive } from "../../../src/fetch/unpack-archive.ts";
import { createLimits, type Limits } from "../../../src/limits.ts";

const details = { package: "a@1.0.0" };
const text = (content: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(content);

function file(name: string, body: string | Uint8Array = "x"): TarEntry {
  const bytes = typeof body === "string" ? text(body) : body;
  return { header: { name, size: bytes.length, type: "file" }, body: bytes };
}

async function pack(...entries: TarEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  return gzipSync(await packTar(entries));
}

async function unpack(archive: Uint8Array<ArrayBuffer>, limits: Partial<Limits> = {}): Promise<Record<string, string>> {
  const files = await unpackArchive(archive, details, createLimits(limits));
  return Object.fromEntries([...files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]));
}

const manifest = file("package/package.json", "{}");

describe("unpackArchive", () => {
  it("gives the files by their path inside the package", async ({ expect }) => {
    const archive = await pack(manifest, file("package/dist/index.js", "export {};"), file("package/empty.js", ""));
    expect(await unpack(archive)).toEqual({ "package.json": "{}", "dist/index.js": "export {};", "empty.js": "" });
  });

  it("leaves out what is not wanted, but not what is wrong with it", async ({ expect }) => {
    const archive = await pack(manifest, file("package/a.d.ts"), file("package/a.js"));
    const isWanted = (path: string): boolean => !path.endsWith(".d.ts");
    const files = await unpackArchive(archive, details, createLimits(), isWanted);
    expect([...files.keys()]).toEqual(["package.json", "a.js"]);
    const bad = await pack(manifest, file("package/../a.d.ts"));
    await expect(unpackArchive(bad, details, createLimits(), isWanted)).rejects.toMatchObject({
      code: "ERR_ARCHIVE_INVALID",
    });
  });

  it("takes a length at the end of the archive that is not true", async ({ expect }) => {
    for (const promised of [0, 1, 2 ** 32 - 1]) {
      const archive = await pack(manifest, file("package/a.js", "x".repeat(5000)));
      new DataView(archive.buffer).setUint32(archive.length - 4, promised, true);
      expect(Object.keys(await unpack(archive))).toEqual(["package.json", "a.js"]);
    }
  });

  it("drops the first component whatever it is called", async ({ expect }) => {
    const archive = await pack(file("node/package.json", "{}"), file("react-v19/index.js"));
    expect(await unpack(archive)).toEqual({ "package.json": "{}", "index.js": "x" });
  });

  it("drops dots and doubled slashes after it", async ({ expect }) => {
    expect(await unpack(await pack(file("package/./dist//index.js")))).toEqual({ "dist/index.js": "x" });
  });

  it("takes long paths and names in any script", async ({ expect }) => {
    const long = `${"very-long-folder-name/".repeat(12)}index.js`;
    const archive = await pack(file(`package/${long}`), file("package/größe/图.js"));
    expect(await unpack(archive)).toEqual({ [long]: "x", "größe/图.js": "x" });
  });

  it("lets the last of several files of one path win", async ({ expect }) => {
    const archive = await pack(file("package/a.js", "1"), file("package/a.js", "2"), file("package/./a.js", "3"));
    expect(await unpack(archive)).toEqual({ "a.js": "3" });
  });

  it("keeps files with the names of object members", async ({ expect }) => {
    const files = await unpackArchive(
      await pack(file("package/__proto__"), file("package/constructor")),
      details,
      createLimits(),
    );
    expect([...files.keys()]).toEqual(["__proto__", "constructor"]);
  });

  it("passes over folders, links and devices", async ({ expect }) => {
    const archive = await pack(
      { header: { name: "package/dist/", type: "directory", size: 0 } },
      { header: { name: "package/link.js", type: "symlink", linkname: "/etc/passwd", size: 0 } },
      { header: { name: "package/hard.js", type: "link", linkname: "../../etc/passwd", size: 0 } },
      { header: { name: "package/tty", type: "character-device", size: 0 } },
      { header: { name: "package/pipe", type: "fifo", size: 0 } },
      manifest,
    );
    expect(await unpack(archive)).toEqual({ "package.json": "{}" });
  });

  it("does not follow a link to write through it", async ({ expect }) => {
    const archive = await pack(
      { header: { name: "package/out", type: "symlink", linkname: "../..", size: 0 } },
      file("package/out/evil.js", "x"),
    );
    expect(await unpack(archive)).toEqual({ "out/evil.js": "x" });
  });

  it("takes several gzip members as one stream, as gzip does", async ({ expect }) => {
    const tar = await packTar([manifest, file("package/index.js", "1")]);
    const members = [gzipSync(tar.slice(0, 700)), gzipSync(tar.slice(700))];
    const archive = new Uint8Array(members.flatMap((member) => [...member]));
    expect(await unpack(archive)).toEqual({ "package.json": "{}", "index.js": "1" });
  });
});

describe("R50: a path outside the package", () => {
  it.for([
    "package/../evil.js",
    "package/dist/../../evil.js",
    "../evil.js",
    "package/..",
    "..",
    "/etc/passwd",
    "//server/share",
    "package/dist\\..\\..\\evil.js",
    "package\\evil.js",
    "C:/evil.js",
    "package/C:/evil.js",
    "package/c:evil.js",
  ])("is refused: %s", async (name, { expect }) => {
    const unpacking = unpack(await pack(manifest, file(name)));
    await expect(unpacking).rejects.toMatchObject({ code: "ERR_ARCHIVE_INVALID", details: { package: "a@1.0.0" } });
    await expect(unpacking).rejects.toThrow(JSON.stringify(name));
  });

  it("is refused when an extended header spells it", async ({ expect }) => {
    const entry = file("package/index.js");
    const archive = await pack({ ...entry, header: { ...entry.header, pax: { path: "package/../../evil.js" } } });
    await expect(unpack(archive)).rejects.toThrow('"package/../../evil.js"');
  });

  it("is refused with a NUL in it", async ({ expect }) => {
    const entry = file("package/index.js");
    const archive = await pack({ ...entry, header: { ...entry.header, pax: { path: "package/a.js\0.txt" } } });
    await expect(unpack(archive)).rejects.toMatchObject({ code: "ERR_ARCHIVE_INVALID" });
  });

  it("is refused on a link too", async ({ expect }) => {
    const archive = await pack({ header: { name: "package/../link", type: "symlink", linkname: "x", size: 0 } });
    await expect(unpack(archive)).rejects.toMatchObject({ code: "ERR_ARCHIVE_INVALID" });
  });
});

describe("a damaged archive", () => {
  const invalid = { code: "ERR_ARCHIVE_INVALID", retryable: false, details: { package: "a@1.0.0" } };

  it("is refused wherever it is cut off", async ({ expect }) => {
    const noise = Uint8Array.from({ length: 5000 }, (_, index) => (index * index * 31) % 251);
    const archive = await pack(manifest, file("package/noise.bin", noise));
    for (const share of [0, 0.01, 0.1, 0.5, 0.9]) {
      await expect(unpack(archive.slice(0, archive.length * share))).rejects.toMatchObject(invalid);
    }
  });

  it("is refused when the tar inside is cut off", async ({ expect }) => {
    const tar = await packTar([manifest, file("package/index.js", "x".repeat(5000))]);
    for (const size of [0, 100, 512, 700, 1024, 3000]) {
      await expect(unpack(gzipSync(tar.slice(0, size)))).rejects.toMatchObject(invalid);
    }
  });

  it("is refused when a header inside is damaged", async ({ expect }) => {
    const tar = await packTar([manifest, file("package/index.js")]);
    tar[1024 + 20] = (tar[1024 + 20] ?? 0) ^ 1;
    await expect(unpack(gzipSync(tar))).rejects.toMatchObject(invalid);
  });

  it.for([
    ["a web page", text("<!doctype html><title>Not found</title>")],
    ["nothing", new Uint8Array()],
    ["zeros", new Uint8Array(1024)],
    ["gzip of something else", gzipSync(text("hello"))],
    ["a gzip header alone", gzipSync(text("hello")).slice(0, 10)],
  ] as const)("is refused when it is %s", async ([, bytes], { expect }) => {
    await expect(unpack(bytes)).rejects.toMatchObject(invalid);
  });
});

describe("the limits", () => {
  it("stop a decompression bomb", async ({ expect }) => {
    const archive = await pack(file("package/bomb", new Uint8Array(16 * 1024 * 1024)));
    expect(archive.length).toBeLessThan(100_000);
    await expect(unpack(archive, { unpackedBytes: 1024 * 1024 })).rejects.toMatchObject({
      code: "ERR_SIZE_LIMIT",
      details: { package: "a@1.0.0", limit: 1024 * 1024 },
    });
  });

  it("do not believe the sizes that headers tell", async ({ expect }) => {
    const tar = await packTar([file("package/a.js", "x".repeat(600))]);
    const header = new TextEncoder().encode("77777777777");
    tar.set(header, 124);
    tar.fill(0x20, 148, 156);
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    tar.set(text(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    await expect(unpack(gzipSync(tar))).rejects.toMatchObject({ code: "ERR_ARCHIVE_INVALID" });
  });

  it("stop at too many entries", async ({ expect }) => {
    const archive = await pack(...Array.from({ length: 11 }, (_, index) => file(`package/${index}.js`)));
    expect(Object.keys(await unpack(archive, { archiveEntries: 11 }))).toHaveLength(11);
    await expect(unpack(archive, { archiveEntries: 10 })).rejects.toMatchObject({
      code: "ERR_SIZE_LIMIT",
      details: { limit: 10 },
    });
  });
});
