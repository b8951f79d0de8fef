import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { listen } from "./listen.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const wrangler = fileURLToPath(new URL("../node_modules/wrangler/bin/wrangler.js", import.meta.url));

/** Settings of a local edge. */
export interface EdgeOptions {
  port: number;
  /** Folder that keeps its KV. */
  persistTo: string;
  /** Variables of the worker, over those of wrangler.toml. */
  vars: Readonly<Record<string, string>>;
  /** Folder of the built page; default: the one of wrangler.toml. */
  assets?: string;
  /** Hears what wrangler complains of, line by line. */
  onComplaint: (line: string) => void;
  /** Gives up waiting for the first answer. */
  signal?: AbortSignal;
}

/** A worker that runs in local workerd. */
export interface Edge {
  /** Origin, ends with `/`. */
  readonly url: string;
  /** Settles with the exit code when wrangler ends, for whatever reason. */
  readonly ended: Promise<number>;
  /** Ends wrangler and everything it started; settles when they are gone. */
  stop(): Promise<void>;
}

/** Wrangler without account, telemetry, questions or network. */
const QUIET_ENVIRONMENT = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_WRITE_LOGS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  FORCE_COLOR: "0",
  NO_COLOR: "1",
};

/** Milliseconds that workerd may take to answer the first request. */
const START_TIMEOUT = 60_000;
/** Milliseconds that wrangler gets to end by itself. */
const STOP_TIMEOUT = 5_000;

/**
 * Starts the worker and the built page on one port and waits until they answer.
 * @throws Error when wrangler ends, or nothing answers, before that; the signal's reason when it is aborted.
 */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const child = spawnWrangler(options);
  const ended = once(child, "exit").then(([code]) => Number(code ?? 1));
  const edge: Edge = { url: `http://127.0.0.1:${options.port}/`, ended, stop: () => stopGroup(child, ended) };
  try {
    await untilAnswers(edge, options.signal);
  } catch (error) {
    await edge.stop();
    throw error;
  }
  return edge;
}

function spawnWrangler(options: EdgeOptions): ChildProcess {
  const { port, persistTo, vars, assets } = options;
  const flags = ["dev", "--ip", "127.0.0.1", "--port", String(port), "--persist-to", persistTo, "--log-level", "warn"];
  // Any port: its usual one belongs to whoever debugs, and two edges that start together would both choose it.
  flags.push("--inspector-port", "0", "--show-interactive-dev-session=false");
  if (assets !== undefined) flags.push("--assets", assets);
  for (const [name, value] of Object.entries(vars)) flags.push("--var", `${name}:${value}`);
  const child = spawn(process.execPath, [wrangler, ...flags], {
    cwd: root,
    env: { ...process.env, ...QUIET_ENVIRONMENT },
    stdio: ["ignore", "pipe", "pipe"],
    // Its own process group, so that stopping reaches workerd too and a terminal's Ctrl-C does not get there first.
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) forwardLines(stream, options.onComplaint);
  return child;
}

function forwardLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line.trimEnd());
  });
}

async function untilAnswers(edge: Edge, signal?: AbortSignal): Promise<void> {
  const giveUp = AbortSignal.any([AbortSignal.timeout(START_TIMEOUT), ...(signal ? [signal] : [])]);
  const ended = edge.ended.then((code) => {
    throw new Error(`wrangler ended with code ${code} before it answered`);
  });
  while (!(await Promise.race([answers(edge.url), ended]))) {
    giveUp.throwIfAborted();
    await Promise.race([delay(100), ended]);
  }
}

/** Whether the server answers at all; a request that came too early may be left without an answer. */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function stopGroup(child: ChildProcess, ended: Promise<number>): Promise<void> {
  signalGroup(child, "SIGTERM");
  const patience = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_TIMEOUT);
  await ended;
  clearTimeout(patience);
  // Wrangler is gone; workerd, in the same group, may not have noticed yet.
  signalGroup(child, "SIGKILL");
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: nobody of the group is left, which is what was wanted.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Whether nobody listens on that TCP port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw error;
  }
  server.close();
  await once(server, "close");
  return true;
}

/**
 * A port that nobody listens on, below those that systems hand out by themselves: one of those could go to somebody
 * else before a server that is only starting takes it.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (await isFree(port)) return port;
  }
}
