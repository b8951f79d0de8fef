import type { TestProgram } from "../program.ts";
import type { Cause } from "./cause.ts";
import { listOf, rewrite } from "./rewrite.ts";
import { StandardExports } from "./standard-exports.ts";
import { fromClauses } from "./static-imports.ts";

/** V8 does not find what the standard says. */
export const AMBIGUOUS_STAR: Cause = {
  row: "a star export that is ambiguous further down",
  models: (program, { end }) => (end === "link" ? [] : listOf(withoutStars(program))),
};

export const CIRCLE_WITH_STAR: Cause = {
  row: "a circle of re-exports that a star resolves",
  models: (program, { end }) => (end === "link" ? listOf(withoutStars(program)) : []),
};

/** Every `export *` names what it exports, from where that is: there is nothing left to find. */
function withoutStars(program: TestProgram): TestProgram | undefined {
  const exports = new StandardExports(program);
  return rewrite(program, (body, path, text) => {
    const stars = fromClauses(body, path).filter(
      ({ node, target }) =>
        node.type === "ExportAllDeclaration" && node["exported"] === null && target.endsWith(".mjs"),
    );
    if (stars.length === 0) return [];
    const own = exports.ownNames(path);
    const all = [...exports.names(path)].filter((name) => !own.has(name));
    const lines = all.map((name) => clauseFor(exports, path, name));
    const bare = stars.map(({ node, target }) => ({
      start: node.start,
      end: node.end,
      text: `import ${JSON.stringify(`.${target}`)};`,
    }));
    return [...bare, { start: text.length, end: text.length, text: `\n${lines.join("")}` }];
  });
}

function clauseFor(exports: StandardExports, path: string, name: string): string {
  const found = exports.resolve(path, name);
  if (found === undefined || found === "ambiguous") return "";
  const from = JSON.stringify(`.${found.path}`);
  const as = JSON.stringify(name);
  if (found.exported === undefined) return `export * as ${as} from ${from};\n`;
  return `export { ${JSON.stringify(found.exported)} as ${as} } from ${from};\n`;
}
