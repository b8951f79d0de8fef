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

/**
 * Starts one that runs a host, and waits until it has answered a ping.
 * @param kv address of what keeps its KV
 * @param v8Flags of its engine
 */
export async function startWorkerd(
  modules: HostModules,
  kv: string,
  v8Flags: readonly string[] = [],
): Promise<WorkerdProcess> {
  const port = await findFreePort();
  const config = `${BENCH_FOLDER}hosts/config-${port}.capnp`;
  writeFileSync(config, configOf(modules, port, kv, v8Flags));
  const child = spawn(WORKERD, ["serve", config, "--experimental"], { stdio: ["ignore", "ignore", "ignore"] });
  const url = `http://127.0.0.1:${port}/`;
  try {
    await untilAnswers(url, child);
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

function configOf(modules: HostModules, port: number, kv: string, v8Flags: readonly string[]): string {
  const list = Object.entries(modules).map(([name, path]) => {
    const file = path.slice(path.lastIndexOf("/") + 1);
    return `(name = "${name}", ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed "${file}")`;
  });
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .host),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    (name = "kv", external = (address = "${new URL(kv).host}", http = ())),
  ],
  v8Flags = [${v8Flags.map((flag) => `"${flag}"`).join(", ")}],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const host :Workerd.Worker = (
  modules = [${list.join(", ")}],
  compatibilityDate = "2026-10-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [(name = "LOADER", workerLoader = (id = "l")), (name = "KV", kvNamespace = "kv")],
);
`;
}

async function untilAnswers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`workerd ended with code ${child.exitCode} before it answered`);
    const answered = await fetch(`${url}ping`).then(
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
