import { readdirSync, readFileSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LoaderError } from "../../src/errors.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import type { ProjectFiles } from "../../src/project/project-files.ts";
import type { PublishedProject } from "../../src/publish/publish-project.ts";

/** Folders that nothing is published of. */
const SKIPPED = new Set(["node_modules", ".git"]);

/**
 * A project in a folder. Its files' versions are their texts.
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG where there is no such folder
 */
export function openFolderProject(folder: string): PublishedProject {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", `"${folder}" is no folder`, { file: folder });
  const readText = (path: string): string | undefined =>
    statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true
      ? readFileSync(join(folder, path), "utf8")
      : undefined;
  const files: ProjectFiles = {
    list: async () => listFiles(folder, ""),
    async read(path) {
      const text = readText(path);
      return text === undefined ? undefined : { text, version: text };
    },
    async commit(expected, texts) {
      for (const [path, version] of expected) if (readText(path) !== version) return false;
      for (const [path, text] of texts) await replaceFile(join(folder, path), text);
      return true;
    },
  };
  return { files, contents: async () => readFolder(folder), limits: DEFAULT_LIMITS };
}

/** All files of a folder that could be published. */
export function readFolder(folder: string): Map<string, Uint8Array> {
  return new Map(listFiles(folder, "").map((path) => [path, new Uint8Array(readFileSync(join(folder, path)))]));
}

/** The whole new text or the whole old one, whatever happens. */
export async function replaceFile(path: string, text: string, mode = 0o644): Promise<void> {
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}

function listFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : listFiles(root, path);
    return entry.isFile() ? [path] : [];
  });
}
