/**
 * Compiles every JavaScript file under the given folders and compares the syntax tree of what comes out with that of its
 * source: `node test/compile-oracle/check-files.ts [--list] folder…`. Ends with `cleaned code: A of B files`, and with
 * exit code 1 unless they are all.
 */
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileRecord } from "../../src/compile/compile-record.ts";
import { LoaderError } from "../../src/errors.ts";
import { checkRecord } from "./check-record.ts";

const SHOWN = 40;
const folders = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));

function* scriptsUnder(folder: string): Generator<string> {
  const entries: Dirent[] = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* scriptsUnder(path);
    else if (entry.isFile() && /\.[cm]?js$/.test(entry.name)) yield path;
  }
}

const types = new Map<string, string | undefined>();
/** `type` of the nearest package.json. */
function packageType(path: string): string | undefined {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  if (folder === "") return undefined;
  if (!types.has(folder)) types.set(folder, readType(folder) ?? packageType(folder));
  return types.get(folder);
}

function readType(folder: string): string | undefined {
  try {
    const { name, type } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
    return type ?? (name === undefined ? undefined : "commonjs");
  } catch {
    return undefined;
  }
}

/** What is wrong with a file; undefined where it does not parse, which is no matter of the compiler. */
function checkFile(path: string): string[] | undefined {
  const bytes = readFileSync(path);
  const file = { path, bytes, type: packageType(path), shownAs: path };
  try {
    const record = compileRecord(file);
    const text = new TextDecoder().decode(bytes);
    return checkRecord(text.startsWith("#!") ? `//${text.slice(2)}` : text, record);
  } catch (error) {
    if (error instanceof LoaderError) {
      console.log(`not parsed: ${error.message}`);
      return undefined;
    }
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

let checked = 0;
let failed = 0;
let unparsed = 0;
for (const folder of folders.length === 0 ? ["node_modules"] : folders) {
  for (const path of scriptsUnder(folder)) {
    const problems = checkFile(path);
    if (problems === undefined) {
      unparsed++;
      continue;
    }
    checked++;
    if (problems.length === 0) continue;
    if (failed++ < SHOWN) console.log(`${path}\n    ${problems.slice(0, 5).join("\n    ")}`);
  }
}
console.log(
  `cleaned code: ${checked - failed} of ${checked} files have the same syntax tree (${unparsed} do not parse)`,
);
process.exitCode = failed === 0 ? 0 : 1;
