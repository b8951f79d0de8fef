import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { loadStored } from "../link/load-stored.ts";
import type { BenchProgram } from "../program.ts";
import { PROGRAMS } from "../programs.ts";
import { atMost, formatKilobytes, formatRatio } from "../report/format.ts";
import type { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { createStoredHost } from "../workspace/memory-host.ts";
import type { StoredProgram } from "../workspace/stored-program.ts";

const LIMIT = 1.02;
const IMAGE = "image";
const BUNDLE = "bundle";

/** Both through esbuild's minifier; esbuild's own bundle as it is smallest: minified while bundling, or afterwards. */
export async function measureImage(
  program: BenchProgram,
  stored: StoredProgram,
  folder: string,
  samples: Samples,
): Promise<void> {
  const host = await createStoredHost(stored.objects, stored.records);
  const { image } = (await loadStored(host, stored, "objects")).program;
  const texts = image.modules.map(({ code }) => code);
  addSizes(program.name, IMAGE, texts, await Promise.all(texts.map(minify)), samples);

  const bundle = await bundleText(program, folder, false);
  const candidates = [await bundleText(program, folder, true), await minify(bundle)];
  const [smallest = ""] = candidates.toSorted((a, b) => a.length - b.length);
  addSizes(program.name, BUNDLE, [bundle], [smallest], samples);
}

async function minify(code: string): Promise<string> {
  return (await transform(code, { minify: true, legalComments: "none" })).code;
}

async function bundleText(program: BenchProgram, folder: string, minified: boolean): Promise<string> {
  const options = { ...bundleOptions(program, folder), minify: minified, legalComments: "none" as const };
  return (await build(options)).outputFiles[0]?.text ?? "";
}

function addSizes(
  name: string,
  contender: string,
  texts: readonly string[],
  minified: readonly string[],
  samples: Samples,
): void {
  samples.add(name, contender, byteLength(texts), "bytes");
  samples.add(name, `${contender}, minified`, byteLength(minified), "bytes");
  samples.add(name, `${contender}, minified, gzip`, gzipSync(minified.join("\n"), { level: 9 }).length, "bytes");
}

function byteLength(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

export function reportImages(samples: Samples): Table {
  const sizes = (name: string, contender: string): string =>
    ["", ", minified", ", minified, gzip"]
      .map((suffix) => formatKilobytes(samples.median(name, contender + suffix)))
      .join(" / ");
  const rows = PROGRAMS.map(({ name }) => {
    const ratio = (suffix: string) => samples.median(name, IMAGE + suffix) / samples.median(name, BUNDLE + suffix);
    return [
      name,
      sizes(name, IMAGE),
      sizes(name, BUNDLE),
      formatRatio(ratio(", minified"), atMost(LIMIT)),
      formatRatio(ratio(", minified, gzip"), () => true),
    ];
  });
  const what = "KB: raw / minified / gzip";
  const head = ["program", `image, ${what}`, `esbuild's bundle, ${what}`, `minified, ≤ ${LIMIT}`, "gzip"];
  return { title: "Size of images", rows: [head, ...rows] };
}
