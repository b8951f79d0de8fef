import type { ESTree } from "meriyah";
import { emptyRecord, INJECTED_NAMES, type ModuleRecord, RECORD_FLAGS } from "../artifact/module-record.ts";
import { CodeWriter, type OnWritten } from "./code-writer.ts";
import { CommonjsExports } from "./commonjs-exports.ts";
import { declareLexical, declareVars } from "./declared-names.ts";
import { ModuleWalk } from "./module-walk.ts";
import { NODE_HANDLERS } from "./node-handlers.ts";
import type { ParsedModule } from "./parse-module.ts";
import { RelocationWriter } from "./relocation-writer.ts";
import { SourceEdits } from "./source-edits.ts";
import { endOf, startOf } from "./syntax-tree.ts";

const INJECTED: ReadonlySet<string> = new Set(INJECTED_NAMES);

/** Makes the record of a CommonJS module: its code is the body of a function. */
export function compileCommonjs(
  source: string,
  { tree, comments }: ParsedModule,
  path: string,
  onWritten?: OnWritten,
): ModuleRecord {
  const found = new CommonjsExports();
  const isStrict = hasUseStrict(tree);
  const walk = new ModuleWalk(source, new SourceEdits(), NODE_HANDLERS, found, !isStrict);
  const body = tree.body as ESTree.Statement[];
  declareVars(body, !isStrict, walk.names);
  declareLexical(body, walk.names);
  walk.functions++;
  walk.walkStatements(body);
  if (walk.handsOutRequire) for (const request of walk.innerRequires) walk.requests.add(request);
  const { requests, indices } = walk.requests.finish(source);
  const writer = new CodeWriter(source, comments, walk.edits);
  const [first, last] = [body[0], body.at(-1)];
  if (first !== undefined && last !== undefined) writer.copy(startOf(first), endOf(last));
  onWritten?.(writer.written(path));
  const relocations = new RelocationWriter(walk, writer, indices);
  relocations.take(0, walk.relocations.length);
  const esModule = found.names.has("__esModule") ? RECORD_FLAGS.esModule : 0;
  return {
    ...emptyRecord(path, "commonjs"),
    flags: walk.flags | esModule | (isStrict ? RECORD_FLAGS.strict : 0),
    code: writer.code,
    lines: writer.lines,
    requests,
    names: [...found.names].toSorted(),
    forwards: requests.flatMap(({ kind, specifier }, index) =>
      kind === "require" && found.forwards.has(specifier) ? [index] : [],
    ),
    globals: walk.names.free().filter((name) => INJECTED.has(name)),
    guards: walk.guards.list,
    relocations: relocations.list,
    strings: [...walk.properties.keys()],
  };
}

/** Whether the directives that a file begins with make it strict. */
function hasUseStrict(tree: ESTree.Program): boolean {
  for (const statement of tree.body) {
    if (statement.type !== "ExpressionStatement" || statement.directive === undefined) return false;
    if (statement.directive === "use strict") return true;
  }
  return false;
}
