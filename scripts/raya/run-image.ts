import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LoaderError } from "../../src/errors.ts";
import { createNodeLoader, createImageFile, type Project } from "../../src/platform/node/index.ts";
import { openFolderProject, replaceFile } from "./folder-project.ts";
import { wrongArgument } from "./wrong-argument.ts";

const LOCKFILE = "/raya.lock";

/** `image`: links a program for pages, writes its image and prints the integrity. */
export async function runImage(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { base: { type: "string" }, out: { type: "string", default: "program.rimg" } },
  });
  const [folder, entry, ...others] = positionals;
  const { base, out } = values;
  if (folder === undefined || entry === undefined || others.length > 0)
    throw wrongArgument("image takes FOLDER and ENTRY");
  if (base === undefined || URL.parse(base)?.pathname.endsWith("/") !== true)
    throw wrongArgument("image needs --base, the URL that the page's loader has as base, which ends with /");
  const project = await readProject(folder, `/${entry}`);
  // Pages have no modules of Node.
  const program = await createNodeLoader({ base, builtins: [], keepLinked: "nothing" }).load(project);
  const { bytes, integrity } = await createImageFile(program.image);
  if (program.lockfile !== project.files[LOCKFILE]) await replaceFile(join(folder, LOCKFILE), program.lockfile);
  writeFileSync(out, bytes);
  console.error(`${out}: ${(bytes.length / 1000).toFixed(1)} kB, ${program.packages.length} packages`);
  console.log(integrity);
}

/** The files of the folder that are text. */
async function readProject(folder: string, entry: string): Promise<Project> {
  const paths = await openFolderProject(folder).files.list();
  const texts = paths.flatMap((path) => {
    const text = decode(readFileSync(join(folder, path)));
    return text === undefined ? [] : [[`/${path}`, text] as const];
  });
  const files = Object.fromEntries(texts);
  if (Object.hasOwn(files, entry)) return { files, entry };
  throw new LoaderError("ERR_MODULE_NOT_FOUND", `"${folder}" has no file "${entry.slice(1)}" of text`, { file: entry });
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
