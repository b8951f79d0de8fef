import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { npmRegistry } from "../../../src/platform/node/npm-registry.ts";

/** A server in a process of its own. */
export interface StartedProxy {
  /** Ends with `/`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the caching proxy in front of the registry that npm is set to. */
export async function startProxy(): Promise<StartedProxy> {
  const script = fileURLToPath(new URL("registry-proxy.ts", import.meta.url));
  const child = spawn(process.execPath, [script, npmRegistry()], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const failed = ended.then(() => Promise.reject(new Error("The proxy ended before it listened")));
  const [port] = (await Promise.race([once(child.stdout, "data"), failed])) as [Buffer];
  failed.catch(() => undefined);
  return {
    url: `http://127.0.0.1:${Number(port.toString())}/`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
