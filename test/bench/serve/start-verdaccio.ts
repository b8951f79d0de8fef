import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findFreePort } from "../../../scripts/edge-process.ts";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import { installPackages } from "../workspace/install-packages.ts";

export const VERDACCIO_VERSION = "6.10.4";
/** Its own range has a tag in it that not every registry has. */
const OVERRIDES = { "node-fetch": "2.7.0" };
const READY_WITHIN = 60_000;

/** A registry, ready to be asked. */
export interface Verdaccio {
  /** Ends with `/`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts Verdaccio with nothing stored and its default configuration. @param registry base URL of its upstream */
export async function startVerdaccio(registry: string): Promise<Verdaccio> {
  const folder = `${BENCH_FOLDER}verdaccio`;
  installPackages({ verdaccio: VERDACCIO_VERSION }, folder, OVERRIDES);
  const storage = mkdtempSync(join(tmpdir(), "raya-verdaccio-"));
  const defaults = readFileSync(join(folder, "node_modules/@verdaccio/config/build/conf/default.yaml"), "utf8");
  const config = join(storage, "config.yaml");
  writeFileSync(config, defaults.replace(/(npmjs:\n\s*url: ).*/, `$1${registry}`));
  mkdirSync(join(storage, "storage"));
  const url = `http://127.0.0.1:${await findFreePort()}/`;
  const bin = join(folder, "node_modules/verdaccio/bin/verdaccio");
  const log = openSync(join(storage, "log"), "w");
  const child = spawn(process.execPath, [bin, "--config", config, "--listen", new URL(url).host], {
    cwd: storage,
    stdio: ["ignore", log, log],
  });
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    rmSync(storage, { recursive: true, force: true });
  };
  for (const giveUp = Date.now() + READY_WITHIN; !(await isReady(`${url}-/ping`)); await delay(100)) {
    if (child.exitCode === null && Date.now() < giveUp) continue;
    const said = readFileSync(join(storage, "log"), "utf8");
    await stop();
    throw new Error(`Verdaccio did not start:\n${said}`);
  }
  return { url, stop };
}

function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}
