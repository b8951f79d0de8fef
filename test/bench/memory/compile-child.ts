import { readFileSync, statSync } from "node:fs";
import { compileArchive } from "../../../src/artifact/compile-archive.ts";
import { createFileCompiler } from "../../../src/compile/compile-package-file.ts";
import { compileRecord } from "../../../src/compile/compile-record.ts";
import { createLimits } from "../../../src/limits.ts";

// compile-child.ts nothing|archive|module|parsed <file> <name@version>: compiles once, then says how much memory that took at most.

const [task, file = "", key = ""] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(file));
if (task === "archive") await compileArchive(bytes, key, createLimits());
else if (task === "module") createFileCompiler({ key, manifests: { "": {} }, files: new Set() })(file, bytes);
else if (task === "parsed") compileRecord({ path: file, bytes, shownAs: file });
console.log(JSON.stringify({ peakResident: process.resourceUsage().maxRSS * 1024, input: statSync(file).size }));
