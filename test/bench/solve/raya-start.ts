import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";

// raya-start.ts <script> <input.json> [<code file>]: runs `raya-child.ts`, bundled as CommonJS. With a code file, from the code
// that V8 made of the script in an earlier run; where there is none yet, this is that run. Browsers keep such code themselves,
// with the functions that were called, for scripts that a page has had a few times.

const [script = "", , codeFile] = process.argv.slice(2);
const source = `(function (require, module, __filename) {${readFileSync(script, "utf8")}\n})`;
const kept = codeFile !== undefined && existsSync(codeFile) ? readFileSync(codeFile) : undefined;
const compiled = new Script(source, { filename: script, ...(kept !== undefined && { cachedData: kept }) });
if (compiled.cachedDataRejected === true) throw new Error(`The code in ${codeFile} is of another engine or script`);
if (codeFile !== undefined && kept === undefined) {
  process.once("exit", () => writeFileSync(codeFile, compiled.createCachedData()));
}
const run = compiled.runInThisContext() as (require: NodeJS.Require, module: object, filename: string) => void;
run(createRequire(script), {}, script);
