import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "./install.mjs";

/** The oldest Node that runs the tools; the one that npm installs with them is newer. */
const OLDEST_NODE = 22;

/**
 * Makes the rest of a command possible on a machine that has only npm and an old Node: installs what is missing, then
 * runs the same script once more under the Node of node_modules where the present one is too old. Everything up to
 * here is plain JavaScript with nothing but node: imports.
 * @param {string} script import.meta.url of the script
 * @param {() => Promise<unknown>} main the rest
 */
export async function bootstrap(script, main) {
  ensureInstalled();
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE) await main();
  else process.exitCode = await runUnderInstalledNode(script);
}

/**
 * @param {string} script
 * @returns {Promise<number>} the exit code
 */
function runUnderInstalledNode(script) {
  const node = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  const child = spawn(node, [fileURLToPath(script), ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends Ctrl-C to both processes, `kill` to this one only: pass it on, the child ignores the second.
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
