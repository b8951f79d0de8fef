import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { type ImportKind, nodeRules } from "../../../src/resolve/entry-rules.ts";
import { createModuleTree } from "../../../src/resolve/module-tree.ts";
import { resolveInTree } from "../../../src/resolve/resolve-in-tree.ts";
import text from "../../vectors/node-resolve.jsonl?raw";
import { readJsonl } from "../../vectors/read-jsonl.ts";

interface Fixture {
  readonly name: string;
  readonly packageJson: unknown;
  readonly files: readonly string[];
}

/** What Node answered. */
interface Answer {
  readonly pkg: string;
  readonly specifier: string;
  readonly from: "inside" | "outside";
  readonly mode: ImportKind;
  readonly conditions: readonly string[];
  /** Relative to `node_modules`, as a URL; or a code. */
  readonly expected?: string;
  readonly error?: string;
  /** Node's `import` says where a file would be that is not there; loading it fails. */
  readonly missingFile?: true;
  /** Node itself, or a package that has Node's algorithm for any conditions. */
  readonly by: "node" | "exact";
}

/** Answers that others of the same file contradict, `by mode specifier` → what is given here; docs/entry-points.md says why. */
const DISAGREEMENTS: Readonly<Record<string, string>> = {
  "node require #builtin2": "node:fs",
  "node import main-dir2": "./main-dir2/lib.js",
  "exact import exports-number": "./exports-number/main.js",
  "exact import exports-number/hidden.js": "./exports-number/hidden.js",
  "exact import #subpath/asdf.asdf": "./pkgimports/test.js",
  "exact import #subpath//asdf.asdf": "./pkgimports/test.js",
  "exact import #subpath/as//df.asdf": "./pkgimports/test.js",
  "exact import #/initialslash": "./pkgimports/test.js",
  "exact import #nest/x/x": "./pkgimports/sub/x.js",
  "exact import pkgexports/condition browser,require,default": "./pkgexports/sp ce.js",
};

const rows = readJsonl<Answer | { readonly package: Fixture }>(text);
const fixtures = rows.flatMap((row) => ("package" in row ? [row.package] : []));
const answers = rows.flatMap((row) => ("package" in row ? [] : [row]));
// One answer is about a package that the list does not have.
const events = { name: "events", packageJson: { main: "./events.js" }, files: ["events.js"] };
const tree = createModuleTree(
  new Map(
    [...fixtures, events].flatMap(({ name, packageJson, files }): [string, string][] => [
      [`/node_modules/${name}/package.json`, JSON.stringify(packageJson)],
      ...files.map((file): [string, string] => [`/node_modules/${name}/${file}`, ""]),
    ]),
  ),
);

function resolve({ pkg, specifier, from, mode, conditions }: Answer): string {
  const importer = from === "inside" ? `/node_modules/${pkg}/__importer.js` : "/entry.js";
  try {
    const target = resolveInTree(specifier, importer, { tree, rules: nodeRules(mode, conditions), details: {} });
    if (target.kind === "file") return target.path.replace(/^\/node_modules/, ".") + target.suffix;
    return target.kind === "url" ? target.url : `node:${target.kind === "builtin" ? target.name : ""}`;
  } catch (error) {
    if (!isLoaderError(error)) throw error;
    const { nodeCode } = error.details;
    return typeof nodeCode === "string" ? nodeCode : error.code;
  }
}

function settled({ by, mode, specifier, conditions }: Answer): string | undefined {
  const question = `${by} ${mode} ${specifier}`;
  return DISAGREEMENTS[question] ?? DISAGREEMENTS[`${question} ${conditions.join()}`];
}

/** The answers that are right: the same file however its path is written; no file that is not there. */
function allowed(answer: Answer): readonly string[] {
  const { mode, expected, error, missingFile } = answer;
  const choice = settled(answer);
  if (choice !== undefined) return [choice];
  if (missingFile === true) return ["ERR_MODULE_NOT_FOUND", "ERR_UNSUPPORTED_DIR_IMPORT"];
  if (expected === undefined) return [error ?? ""];
  if (mode === "require" && !/^\.|^node:/.test(expected)) return [`node:${expected}`];
  return [expected.startsWith("./") ? decodeURIComponent(expected).replaceAll(/\/{2,}/g, "/") : expected];
}

describe("P69: entry points by Node's algorithm", () => {
  it.for([
    ["node", 1506, 7],
    ["exact", 1160, 57],
  ] as const)("every answer of Node, %s", ([by, count, disagreeing], { expect }) => {
    const asked = answers.filter((answer) => answer.by === by);
    const wrong = asked.filter((answer) => !allowed(answer).includes(resolve(answer)));
    expect(wrong.map((answer) => ({ ...answer, got: resolve(answer) }))).toEqual([]);
    expect(asked).toHaveLength(count);
    expect(asked.filter((answer) => settled(answer) !== undefined)).toHaveLength(disagreeing);
  });
});
