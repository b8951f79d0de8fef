import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../../../scripts/edge-process.ts";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import type { HostModules } from "./build-host.ts";

const WORKERD = join(fileURLToPath(new URL("../../../node_modules", import.meta.url)), "workerd/bin/workerd");

/** A workerd without any dev server around it. */
export interface WorkerdProcess {
  /** Origin, ends with `/`. */
  readonly url: string;
  /** Memory of the process so far, resident, at most; bytes. */
  peakResident(): number;
  stop(): Promise<void>;
}

/** Starts one that runs a host, and waits until it has answered a ping. `kv` is the address of what keeps its KV. */
export function startWorkerd(modules: HostModules, kv: string): Promise<WorkerdProcess> {
  return startConfigured({
    modules,
    services: [httpService("kv", kv)],
    worker: `compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "LOADER", workerLoader = (id = "l")), (name = "KV", kvNamespace = "kv")],`,
    ping: "ping",
  });
}

/** What a workerd runs. */
interface WorkerdInput {
  readonly modules: HostModules;
  /** Services beside the network, in Cap'n Proto. */
  readonly services: readonly string[];
  /** Of the worker, beside its modules and date, in Cap'n Proto. */
  readonly worker: string;
  /** Path that is answered well when the worker is ready. */
  readonly ping: string;
  /** Of its engine. */
  readonly v8Flags?: readonly string[];
}

/** A service that stands behind a binding: an HTTP server at that address. */
export function httpService(name: string, url: string): string {
  return `(name = "${name}", external = (address = "${new URL(url).host}", http = ()))`;
}

/** Starts one and waits until it is ready. */
export async function startConfigured(input: WorkerdInput): Promise<WorkerdProcess> {
  const port = await findFreePort();
  const config = `${BENCH_FOLDER}hosts/config-${port}.capnp`;
  writeFileSync(config, configOf(input, port));
  const child = spawn(WORKERD, ["serve", config, "--experimental"], { stdio: ["ignore", "ignore", "ignore"] });
  const url = `http://127.0.0.1:${port}/`;
  try {
    await untilAnswers(url + input.ping, child);
  } catch (error) {
    await stop(child);
    throw error;
  }
  const peakResident = (): number => {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  };
  return { url, peakResident, stop: () => stop(child) };
}

function configOf({ modules, services, worker, v8Flags = [] }: WorkerdInput, port: number): string {
  const list = Object.entries(modules).map(([name, path]) => {
    const file = path.slice(path.lastIndexOf("/") + 1);
    return `(name = "${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${file}")`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .host),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    ${services.join(",\n    ")}
  ],
  v8Flags = [${v8Flags.map((flag) => `"${flag}"`).join(", ")}],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const host :Workerd.Worker = (
  modules = [${list.join(", ")}],
  compatibilityDate = "2026-10-01",
  ${worker}
);
`;
}

async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`workerd ended with code ${child.exitCode} before it answered`);
    const answered = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await delay(25);
  }
  throw new Error("workerd did not answer");
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
