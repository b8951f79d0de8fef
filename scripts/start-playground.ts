import { parseArgs } from "node:util";
import { buildDemo } from "./build-demo.ts";
import { isFree, startEdge } from "./edge-process.ts";
import { npmRegistry } from "../src/platform/node/npm-registry.ts";

const DEFAULT_PORT = 8787;
/** Exit code of a wrong call. */
const USAGE = 2;

/**
 * Serves the playground until Ctrl-C.
 * @param args `--port <number>`; the environment's PORT serves the same.
 */
export async function startPlayground(args: string[]): Promise<void> {
  const port = readPort(args);
  if (!(await isFree(port))) {
    fail(
      USAGE,
      `Port ${port} is taken: another program, perhaps another \`npm start\`, listens on it.`,
      `End that one, or take another port: npm start -- --port ${port + 1}`,
    );
  }
  const started = performance.now();
  console.log("Building the playground …");
  await buildDemo();
  console.log("Starting the edge in local workerd …");
  await serve(port, started);
}

async function serve(port: number, started: number): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stopping.abort());
  const registry = npmRegistry();
  const edge = await startEdge({
    port,
    persistTo: ".wrangler/state",
    vars: { UPSTREAM_REGISTRY: registry, RUN_PROGRAMS: "on" },
    onComplaint: (line) => console.error(`  wrangler: ${line}`),
    signal: stopping.signal,
  }).catch((error: unknown) => {
    if (stopping.signal.aborted) process.exit(0);
    return fail(1, `The edge did not start: ${error instanceof Error ? error.message : String(error)}`);
  });
  const stop = async (): Promise<void> => {
    console.log("\nStopping …");
    await edge.stop();
    process.exit(0);
  };
  if (stopping.signal.aborted) return stop();
  stopping.signal.addEventListener("abort", () => void stop());
  welcome(edge.url, registry, performance.now() - started);
  const code = await edge.ended;
  if (!stopping.signal.aborted) fail(1, `The edge ended by itself (code ${code}); what it said is above.`);
}

function welcome(url: string, registry: string, ms: number): void {
  console.log(`
  Raya is up after ${(ms / 1000).toFixed(1)} s:  ${url}

  Try   type an import, such as  import * as d3 from "d3"  or  import { z } from "zod@^4",  and press Run
        look at the panel: what was loaded, from where, with which SHA-256
        stop this server, open a new tab: it still runs

  Packages come from ${registry}
  Ctrl-C stops the server.
`);
}

function readPort(args: string[]): number {
  const { values } = parseOrFail(args);
  const text = values.port ?? process.env["PORT"] ?? String(DEFAULT_PORT);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) fail(USAGE, `"${text}" is not a port: 1 to 65535 are.`);
  return port;
}

function parseOrFail(args: string[]): { values: { port?: string | undefined } } {
  try {
    return parseArgs({ args, options: { port: { type: "string" } } });
  } catch (error) {
    return fail(USAGE, error instanceof Error ? error.message : String(error), "Usage: npm start -- [--port <number>]");
  }
}

function fail(code: number, ...lines: string[]): never {
  for (const line of lines) console.error(line);
  process.exit(code);
}
