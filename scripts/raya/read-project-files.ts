import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LoaderError } from "../../src/errors.ts";

const READ = new Set(["package.json", "raya.toml", "raya.lock", ".npmrc"]);
/** Folders that hold no manifest of the project's own. */
const SKIPPED = new Set(["node_modules", ".git"]);

/**
 * The files of a project that its lock is made of, by path: of a folder, or of a JSON file that has them as texts or as what
 * their JSON says, alone or under `files`.
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG for what is neither
 */
export function readProjectFiles(project: string): Record<string, string> {
  if (!existsSync(project)) throw invalid(project, "there is no such file or folder");
  if (!statSync(project).isDirectory()) return filesOfJson(project);
  const files: Record<string, string> = {};
  collect(project, "", files);
  return files;
}

function collect(root: string, folder: string, files: Record<string, string>): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) collect(root, path, files);
    if (entry.isFile() && READ.has(entry.name)) files[path] = readFileSync(join(root, path), "utf8");
  }
}

function filesOfJson(path: string): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw invalid(path, `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (!isRecord(parsed)) throw invalid(path, "it is not an object of files");
  const files = isRecord(parsed["files"]) ? parsed["files"] : parsed;
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [
      name,
      typeof file === "string" ? file : JSON.stringify(file, null, 2),
    ]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(file: string, reason: string, cause?: unknown): LoaderError {
  return new LoaderError("ERR_INVALID_PACKAGE_CONFIG", `"${file}" is no project: ${reason}`, { file }, cause);
}
