import { createServer, type Server } from "node:http";
import { build } from "esbuild";
import { listen } from "../../../scripts/listen.ts";
import type { BenchProgram } from "../program.ts";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import { installPackages } from "../workspace/install-packages.ts";
import type { Contender } from "./contender.ts";
import { RESULT } from "./page-programs.ts";

/** What a static host would say of files whose names change with their contents. */
const CACHE_FOR_EVER = "public, max-age=31536000, immutable";

declare global {
  interface Window {
    /** Of `PAGE`: runs a bundle and gives the milliseconds until it logs `result`. */
    run(src: string, result: string): Promise<number>;
  }
}

const PAGE = `<!doctype html><title>bundle</title><body><script>
  function run(src, result) {
    return new Promise((resolve, reject) => {
      console.log = (text) => text === result && resolve(performance.now() - started);
      const script = Object.assign(document.createElement("script"), { type: "module", src, onerror: reject });
      const started = performance.now();
      document.head.append(script);
    });
  }
</script>`;

/** The same programs, each bundled by esbuild into one minified file and served statically. */
export async function createBundleContender(programs: readonly BenchProgram[]): Promise<Contender> {
  const folder = `${BENCH_FOLDER}page`;
  installPackages(Object.assign({}, ...programs.map(({ dependencies }) => dependencies)), folder);
  const files = new Map<string, { type: string; body: string | Uint8Array }>([
    ["/", { type: "text/html", body: PAGE }],
  ]);
  for (const program of programs)
    files.set(bundlePath(program), { type: "text/javascript", body: await bundle(program, folder) });
  let server: Server | undefined;
  let port = 0;
  return {
    name: "esbuild bundle",
    async start() {
      server = createServer((request, response) => {
        const file = files.get(request.url ?? "");
        if (file === undefined) response.writeHead(404).end();
        else response.writeHead(200, { "content-type": file.type, "cache-control": CACHE_FOR_EVER }).end(file.body);
      });
      port = await listen(server, port);
    },
    async stop() {
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
    },
    async open(page) {
      await page.goto(`http://127.0.0.1:${port}/`);
    },
    run: (page, program) =>
      page.evaluate(([src, result]) => window.run(src, result), [bundlePath(program), RESULT] as const),
  };
}

function bundlePath({ name }: BenchProgram): string {
  return `/${name.replaceAll(/[^a-z]+/g, "-")}.js`;
}

async function bundle(program: BenchProgram, folder: string): Promise<Uint8Array> {
  const { outputFiles } = await build({ ...bundleOptions(program, folder), minify: true, target: "es2022" });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild gave no file for ${program.name}`);
  return file.contents;
}
