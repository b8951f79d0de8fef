import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { compileArchive } from "../../../src/artifact/compile-archive.ts";
import { Rbin, type RbinFile } from "../../../src/artifact/read-rbin.ts";
import { unpackArchive } from "../../../src/fetch/unpack-archive.ts";
import { createLimits } from "../../../src/limits.ts";
import { atMost, formatKilobytes, formatRatio } from "../report/format.ts";
import type { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log } from "../section.ts";
import { type MeasuredPackage, VERSIONS } from "../versions.ts";
import { fetchArchive } from "../workspace/fetch-archive.ts";

const LIMIT = 1.2;

/**
 * `.rbin` beside the archive it is made of, compressed in the same way: all that it holds, and the index and code of the
 * modules alone beside the same files of the archive.
 */
export async function measureArtifacts(samples: Samples, log: Log): Promise<Table> {
  const rows: string[][] = [];
  for (const name of Object.keys(VERSIONS) as MeasuredPackage[]) {
    log(`The artifact of ${name} …`);
    rows.push(await measureArtifact(name, samples));
  }
  const head = ["package", "archive, KB", "`.rbin`, gzip, KB", "the same files as an archive", "ratio"];
  const modules = ["modules, gzip, KB", "the same files as an archive", `ratio, ≤ ${LIMIT}`];
  return { title: "Size of artifacts", rows: [[...head, ...modules], ...rows] };
}

async function measureArtifact(name: MeasuredPackage, samples: Samples): Promise<string[]> {
  const archive = await fetchArchive(name);
  const bytes = await compileArchive(archive.bytes, archive.key, createLimits());
  const files = await unpackArchive(archive.bytes, { package: archive.key }, createLimits());
  const rbin = new Rbin(bytes, archive.key);
  const held = [...rbin.index.files.values()];
  const modules = held.filter(({ state }) => state === "module");
  const index = bytes.subarray(0, rbin.index.length);
  const sizes = {
    archive: archive.bytes.length,
    rbin: gzip([bytes]),
    "held files as an archive": await gzipTar(held, files),
    "modules of the rbin": gzip([index, ...modules.map((file) => rbin.bytes(file))]),
    "modules as an archive": await gzipTar(modules, files),
  };
  for (const [what, size] of Object.entries(sizes)) samples.add(archive.key, what, size, "bytes");
  const [whole, ours, theirs, ourModules, theirModules] = Object.values(sizes) as [
    number,
    number,
    number,
    number,
    number,
  ];
  return [
    archive.key,
    ...[whole, ours, theirs].map(formatKilobytes),
    formatRatio(ours / theirs, atMost(LIMIT)),
    ...[ourModules, theirModules].map(formatKilobytes),
    formatRatio(ourModules / theirModules, atMost(LIMIT)),
  ];
}

/** The size of an archive that has just these files. */
async function gzipTar(wanted: readonly RbinFile[], files: ReadonlyMap<string, Uint8Array>): Promise<number> {
  const paths = new Set(wanted.map(({ path }) => path));
  const entries = [...files].filter(([path]) => paths.has(path));
  const tar = await packTar(
    entries.map(([path, body]) => ({
      header: { name: `package/${path}`, size: body.length, type: "file" as const },
      body,
    })),
  );
  return gzip([tar]);
}

function gzip(chunks: readonly Uint8Array[]): number {
  return gzipSync(Buffer.concat(chunks), { level: 9 }).length;
}
