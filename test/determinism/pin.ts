import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { compileArchive } from "../../src/artifact/compile-archive.ts";
import { Rbin } from "../../src/artifact/read-rbin.ts";
import { rbinDigest } from "../../src/artifact/verify-rbin.ts";
import { COMPILER_ID } from "../../src/compile/compile-objects.ts";
import { unpackArchive } from "../../src/fetch/unpack-archive.ts";
import { createLimits } from "../../src/limits.ts";
import { verifyBytes } from "../../src/verify/verify-bytes.ts";
import { type Expected, fetchArchive, type Pinned, readExpected, readList, writeExpected } from "./pinned-packages.ts";

// Compiles packages in Node, prints how large the results are, and writes their digests to expected.json:
//   node test/determinism/pin.ts [--unreleased] [list like packages.open.json; else the packages of expected.json]
// Digests of a compiler that is out in the world change only with its id; --unreleased says that it is not out.

const limits = createLimits();

interface Figures {
  readonly pinned: Pinned;
  /** What the `.rbin` takes, of what the same files take in an archive, both gzipped. */
  readonly ratio: number;
}

async function compile({ id, integrity }: Pinned): Promise<Figures> {
  const archive = await fetchArchive({ id, integrity });
  await verifyBytes(archive, integrity, { package: id });
  const started = performance.now();
  const bytes = await compileArchive(archive, id, limits);
  const ms = performance.now() - started;
  const { index } = new Rbin(bytes, id);
  const size = gzippedSize(bytes);
  const source = gzippedSize(await packFiles(archive, index.files, id));
  const ratio = size / source;
  const sizes = `archive ${kb(archive.length)}, of it kept ${kb(source)}, .rbin ${kb(size)}, ratio ${ratio.toFixed(3)}`;
  console.log(`${id}: ${index.files.size} files, ${sizes}, ${ms.toFixed(0)} ms`);
  return { pinned: { id, integrity, digest: rbinDigest(bytes, index.length) }, ratio };
}

/** An archive of the files that the `.rbin` has too, in the order of the package's own. */
async function packFiles(
  archive: Uint8Array<ArrayBuffer>,
  kept: ReadonlyMap<string, unknown>,
  id: string,
): Promise<Uint8Array> {
  const files = await unpackArchive(archive, { package: id }, limits, (path) => kept.has(path));
  const entries = [...files].map(([path, body]) => ({
    header: { name: `package/${path}`, size: body.length, mtime: new Date(0) },
    body,
  }));
  return packTar(entries);
}

function assertSameUnderOneId(before: Expected, after: readonly Pinned[]): void {
  if (before.compiler !== COMPILER_ID) return;
  const digests = new Map(before.packages.map(({ id, digest }) => [id, digest]));
  const changed = after.filter(({ id, digest }) => (digests.get(id) ?? digest) !== digest);
  if (changed.length === 0) return;
  throw new Error(`The compiler makes something else of ${changed.length} packages and still is ${COMPILER_ID}`);
}

const gzippedSize = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;
const kb = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { unreleased: { type: "boolean" } } });
const [list] = positionals;
const before = await readExpected();
const figures: Figures[] = [];
for (const each of list === undefined ? before.packages : await readList(list)) figures.push(await compile(each));
const packages = figures.map(({ pinned }) => pinned);
const ratios = figures.map(({ ratio }) => ratio).toSorted((a, b) => a - b);
const median = ratios[ratios.length >> 1] ?? 0;
console.log(`ratio: median ${median.toFixed(3)}, worst ${ratios.at(-1)?.toFixed(3)}`);
if (values.unreleased !== true) assertSameUnderOneId(before, packages);
await writeExpected({ compiler: COMPILER_ID, packages });
