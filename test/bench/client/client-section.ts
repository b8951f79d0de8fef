import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { formatKilobytes, formatRatio, atMost } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Section } from "../section.ts";

/** Bytes, compressed. */
const TARGET = 15_000;

const ENTRIES: readonly { readonly name: string; readonly source: string; readonly starts: boolean }[] = [
  {
    name: "the whole loader, without an edge: fetch, compile, link, run",
    source: `export { createLoader } from "../../../src/index.ts"; export * from "../../../src/platform/browser/index.ts";`,
    starts: false,
  },
  {
    name: "running an image in a frame",
    source: `export { runInFrame } from "../../../src/platform/browser/sandbox-frame.ts";`,
    starts: true,
  },
  {
    name: "fetching an image, checking it and running it in the page",
    source: `export { fetchImage, runInPage } from "../../../src/platform/browser/client.ts";`,
    starts: true,
  },
];

/** What a page has to download before it can run a program. */
export const section: Section = {
  name: "client",
  what: "what a page downloads before it can run a program, minified",
  async measure() {
    const samples = new Samples();
    const rows: string[][] = [];
    for (const { name, source, starts } of ENTRIES) {
      const code = await bundle(source);
      const compressed = gzipSync(code, { level: 9 }).length;
      samples.add(name, "minified", code.length, "bytes");
      samples.add(name, "gzip", compressed, "bytes");
      const met = starts ? formatRatio(compressed / TARGET, atMost(1)) : "";
      rows.push([name, formatKilobytes(code.length), formatKilobytes(compressed), met]);
    }
    const head = ["entry", "minified, KB", "gzip, KB", `of ${TARGET / 1000} KB`];
    return { tables: [{ title: "Client", rows: [head, ...rows] }], series: samples.series };
  },
};

async function bundle(contents: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)), loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2024",
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild gave no file");
  return file.contents;
}
