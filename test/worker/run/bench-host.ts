import { createLoader, type Program } from "../../../src/loader.ts";
import { createWorkerdHost } from "../../../src/platform/workerd/host.ts";
import { createIsolateCode } from "../../../src/platform/workerd/isolate-code.ts";
import { ISOLATE_OPTIONS } from "../../../src/platform/workerd/isolate-settings.ts";
import { runProgram, type RunningProgram } from "../../../src/platform/workerd/run-program.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../../src/store/memory-store.ts";

/** What the benchmark sends: see `test/bench/edge-run`. */
interface BenchRequest {
  readonly files: Readonly<Record<string, string>>;
  readonly entry: string;
  readonly lockfile?: string;
  readonly registry: string;
  /** Keep objects in KV; else in memory, for this one request. */
  readonly stored: boolean;
  /** Keep, and take, what has been linked. */
  readonly linked: boolean;
}

interface BenchEnv {
  readonly LOADER: WorkerLoader;
  readonly KV: KVNamespace;
}

const running = new Map<string, RunningProgram>();

async function load({ files, entry, lockfile, registry, stored, linked }: BenchRequest, env: BenchEnv) {
  const kept = createWorkerdHost(env.KV);
  const host = stored ? kept : { ...kept, bytes: createMemoryByteStore(), records: createMemoryRecordStore() };
  const loader = createLoader(host, {
    ...ISOLATE_OPTIONS,
    registry,
    base: "https://bench.invalid/~/",
    keepLinked: linked ? "program" : "packages",
  });
  const program = await loader.load({ files, entry }, lockfile === undefined ? {} : { lockfile });
  await program.kept;
  return program;
}

async function answer(request: Request, env: BenchEnv): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/ping") return new Response("pong");
  if (pathname.startsWith("/again/")) {
    const known = running.get(pathname.slice("/again".length));
    return known?.fetch(new Request("https://program.test/")) ?? new Response("nothing runs", { status: 404 });
  }
  const program = await load(await request.json(), env);
  if (pathname === "/lock") return new Response(program.lockfile);
  if (pathname === "/size") return Response.json(await sizesOf(program));
  const started = await runProgram({ loader: env.LOADER, program, scope: pathname });
  running.set(pathname, started);
  return started.fetch(new Request("https://program.test/"));
}

/** Bytes of each module of the isolate. */
async function sizesOf(program: Program): Promise<Record<string, number>> {
  const { modules } = await createIsolateCode(program, { mark: "", entrypoints: [] });
  const sizes = Object.entries(modules).map(([name, { js = "", cjs = "", wasm, data }]) => {
    const binary = wasm instanceof Uint8Array ? wasm.byteLength : (data?.byteLength ?? 0);
    return [name, new TextEncoder().encode(js + cjs).length + binary];
  });
  return Object.fromEntries(sizes);
}

/** Raya's host in the benchmark: a program in, its first answer out. */
export default {
  fetch: (request, env) =>
    answer(request, env).catch(
      (error: Error) => new Response(`${error.message} ${String(error.cause)}`, { status: 500 }),
    ),
} satisfies ExportedHandler<BenchEnv>;
