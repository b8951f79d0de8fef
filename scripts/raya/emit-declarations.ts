import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { LoaderError } from "../../src/errors.ts";
import type { PublishedProject } from "../../src/publish/publish-project.ts";
import { readFolder } from "./folder-project.ts";

/** Lines of the compiler's that an error tells. */
const MOST_LINES = 20;

/**
 * The project with declarations of its TypeScript, each beside its file (R43): by the project's own compiler and `tsconfig.json`. Those that
 * are there already, written by hand, stay.
 */
export function withDeclarations(folder: string, project: PublishedProject): PublishedProject {
  const contents = async () => new Map([...(await emitDeclarations(folder)), ...((await project.contents?.()) ?? [])]);
  return { ...project, contents };
}

/** @throws LoaderError ERR_PUBLISH_INVALID where there is no TypeScript, or it finds errors */
async function emitDeclarations(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const root = resolve(folder);
  if (!existsSync(join(root, "tsconfig.json")))
    throw invalid(`"${folder}" has no tsconfig.json, which says what declarations are made of`, folder);
  const compiler = findCompiler(root);
  const out = mkdtempSync(join(tmpdir(), "raya-declarations-"));
  try {
    const kind = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--declarationMap", "false"];
    const whole = ["--composite", "false", "--incremental", "false", "--rootDir", root, "--outDir", out];
    await promisify(execFile)(process.execPath, [compiler, "-p", root, ...kind, ...whole], { cwd: root });
    return readFolder(out);
  } catch (error) {
    const { stdout = "" } = error as { stdout?: string };
    const said = stdout.trim().split("\n").slice(0, MOST_LINES).join("\n");
    throw invalid(`No declarations can be made of "${folder}": ${said}`, folder, error);
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The `tsc` that the project has. */
function findCompiler(root: string): string {
  let manifest: string;
  try {
    manifest = createRequire(join(root, "package.json")).resolve("typescript/package.json");
  } catch (cause) {
    throw invalid(`"${root}" has no TypeScript, which makes declarations`, root, cause);
  }
  const { bin }: { bin: { tsc: string } } = JSON.parse(readFileSync(manifest, "utf8"));
  return join(dirname(manifest), bin.tsc);
}

function invalid(message: string, file: string, cause?: unknown): LoaderError {
  return new LoaderError("ERR_PUBLISH_INVALID", message, { file }, cause);
}
