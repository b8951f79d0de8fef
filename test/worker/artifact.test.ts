import { gzipSync } from "fflate";
import { packTar } from "modern-tar";
import { describe, it } from "vitest";
import { compileArchive, compileArchiveToChunks } from "../../src/artifact/compile-archive.ts";
import { Rbin, RbinIndex } from "../../src/artifact/read-rbin.ts";
import { writeRbin } from "../../src/artifact/write-rbin.ts";
import { LoaderError } from "../../src/errors.ts";
import { createLimits } from "../../src/limits.ts";
import type { ArtifactCompiler } from "../../worker/artifact-compiler.ts";
import { digestBytes } from "../../src/verify/digest.ts";
import { formatIntegrity } from "../../src/verify/integrity.ts";
import { gunzip } from "../../worker/gzip.ts";
import { createFakeEdge, createPackage, errorOf, flipByte, registryOf } from "./fake-upstream.ts";

const react = createPackage("react", "19.0.0");
const types = createPackage("@types/node", "22.0.0");
const PATH = "/rbin/compiler-1/react@19.0.0";

/** Keeps the whole archive as the one file of the package. */
function createCompiler(id = "compiler-1"): ArtifactCompiler & { readonly compiled: string[] } {
  const compiled: string[] = [];
  return {
    id,
    compiled,
    async compile(archive, key) {
      compiled.push(key);
      const integrity = formatIntegrity("sha512", await digestBytes("sha512", archive));
      const header = {
        package: key,
        compiler: id,
        integrity,
        archiveSha256: "0".repeat(64),
        archiveSize: archive.length,
      };
      return [writeRbin(header, { manifests: { "": {} }, files: [{ path: "a", state: "asset", bytes: archive }] })];
    },
  };
}

const read = async (response: Response): Promise<RbinIndex> =>
  new RbinIndex(await gunzip([new Uint8Array(await response.arrayBuffer())]), "react@19.0.0");

describe("artifacts", () => {
  it("are compiled once, from the verified archive, and kept", async ({ expect }) => {
    const compiler = createCompiler();
    const edge = createFakeEdge(registryOf(react), { compiler });
    const first = await Promise.all([edge.get(PATH), edge.get(PATH)]);
    const responses = [...first, await edge.get(PATH)];
    for (const response of responses) {
      expect(response.status).toBe(200);
      expect((await read(response)).header).toMatchObject({ package: "react@19.0.0", integrity: react.integrity });
    }
    expect(responses.map(({ headers }) => headers.get("raya-source"))).toEqual(["upstream", "upstream", "edge"]);
    expect(Object.fromEntries(responses[2]?.headers ?? [])).toMatchObject({
      "content-type": "application/gzip",
      "cache-control": "public, max-age=31536000, immutable",
      "raya-integrity": react.integrity,
    });
    expect(compiler.compiled).toEqual(["react@19.0.0"]);
    expect(edge.requests).toHaveLength(2);
  });

  it("are to the byte what whoever has the archive makes of it", async ({ expect }) => {
    const archive = gzipSync(
      await packTar(
        Object.entries({
          "package/package.json": '{"name":"react","version":"19.0.0"}',
          "package/index.js": "exports.a = require('./a.js'); // one",
          "package/a.js": "export const a = class {};",
        }).map(([name, body]) => ({ header: { name, size: body.length }, body })),
      ),
    );
    const packed = createPackage("react", "19.0.0", archive);
    const compiler = { id: "compiler-1", compile: compileArchiveToChunks };
    const response = await createFakeEdge(registryOf(packed), { compiler }).get(PATH);
    const rbin = await gunzip([new Uint8Array(await response.arrayBuffer())]);
    expect(rbin).toEqual(await compileArchive(archive, "react@19.0.0", createLimits()));
    expect(new Rbin(rbin, "react@19.0.0").index.header.integrity.split(" ")[0]).toBe(packed.integrity);
  });

  it("of scoped packages are found by either spelling of the slash", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(types), { compiler: createCompiler() });
    for (const name of ["@types/node", "@types%2fnode", "%40types%2Fnode"])
      expect((await edge.get(`/rbin/compiler-1/${name}@22.0.0`)).status).toBe(200);
  });

  it("are not made of an archive that is not what the registry says it is", async ({ expect }) => {
    const compiler = createCompiler();
    const bad = { ...react, archive: flipByte(react.archive) };
    const edge = createFakeEdge(registryOf(bad), { compiler });
    expect(await errorOf(await edge.get(PATH))).toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
    expect(compiler.compiled).toEqual([]);
  });

  it("that cannot be made say why", async ({ expect }) => {
    const failure = new LoaderError("ERR_INVALID_PACKAGE_CONFIG", "no package.json", { package: "react@19.0.0" });
    const edge = createFakeEdge(registryOf(react), {
      compiler: { id: "compiler-1", compile: () => Promise.reject(failure) },
    });
    const response = await edge.get(PATH);
    expect(response.status).toBe(422);
    expect(await errorOf(response)).toEqual(failure.toJSON());
  });

  it.for([
    ["of another compiler", "/rbin/compiler-0/react@19.0.0", "ERR_ROUTE_NOT_FOUND"],
    ["of no compiler", "/rbin/react@19.0.0", "ERR_ROUTE_NOT_FOUND"],
    ["without a version", "/rbin/compiler-1/react", "ERR_ROUTE_NOT_FOUND"],
    ["of a range", "/rbin/compiler-1/react@^19.0.0", "ERR_INVALID_RANGE"],
    ["of a second spelling of a version", "/rbin/compiler-1/react@v19.0.0", "ERR_INVALID_RANGE"],
    ["of what is no name", "/rbin/compiler-1/..%2freact@19.0.0", "ERR_INVALID_PACKAGE_NAME"],
    ["of a version that is not there", "/rbin/compiler-1/react@18.0.0", "ERR_VERSION_NOT_FOUND"],
  ] as const)("%s are refused", async ([, path, code], { expect }) => {
    const edge = createFakeEdge(registryOf(react), { compiler: createCompiler() });
    expect(await errorOf(await edge.get(path))).toMatchObject({ code });
  });

  it("are only there where there is a compiler", async ({ expect }) => {
    const edge = createFakeEdge(registryOf(react));
    expect(await errorOf(await edge.get(PATH))).toMatchObject({ code: "ERR_ROUTE_NOT_FOUND" });
  });

  it("are made again when a record leads to something else", async ({ expect }) => {
    const compiler = createCompiler();
    const edge = createFakeEdge(registryOf(react, types), { compiler });
    await edge.get(PATH);
    await edge.get("/rbin/compiler-1/@types/node@22.0.0");
    await edge.get("/npm/react/-/react-19.0.0.tgz");
    const { records } = edge.ports;
    for (const other of ["artifact:compiler-1:@types/node@22.0.0", "archive:react@19.0.0"]) {
      const record = await records.read(other);
      if (record === undefined) throw new Error(`no record ${other}`);
      await records.write("artifact:compiler-1:react@19.0.0", record);
      expect((await read(await edge.get(PATH))).header.package).toBe("react@19.0.0");
    }
    expect(edge.events.filter(({ kind }) => kind === "heal")).toHaveLength(2);
  });
});
