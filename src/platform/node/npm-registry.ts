import { execFileSync } from "node:child_process";

/** Base URL of the registry that npm on this machine is set to; ends with `/`. */
export function npmRegistry(): string {
  // Inside `npm run` npm hands its settings over; elsewhere it is asked.
  const configured =
    process.env["npm_config_registry"] ??
    execFileSync("npm", ["config", "get", "registry"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      shell: process.platform === "win32",
    }).trim();
  return configured.endsWith("/") ? configured : `${configured}/`;
}
