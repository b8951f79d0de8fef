import type { TestProgram } from "../program.ts";
import type { Edit } from "../tree.ts";
import type { Cause } from "./cause.ts";
import { importsOf, type LateImport, requiresOf, rewrite } from "./rewrite.ts";
import { staticImports } from "./static-imports.ts";

/** What follows a module that threw is in the same image: `import()`, and `require` of an ES module, go by `createFailedImages`. */
export const BEHIND_WHAT_THREW: Cause = {
  row: "a module that should have run after one that threw, imported again later, by itself or by another module",
  models: (program, { end, log }) => {
    if (end !== "threw" && !log.some((line) => line.includes("→ !"))) return [];
    return [false, true].flatMap((withRequire) => modelOf(program, withRequire) ?? []);
  },
};

function modelOf(program: TestProgram, withRequire: boolean): TestProgram | undefined {
  const model = rewrite(program, (body, path, text) => {
    const edits = importsOf(body, path).map((each) => throughImages(each, "load", text));
    if (withRequire) edits.push(...requiresOf(body, path).map((each) => throughImages(each, "require", text)));
    if (!path.endsWith(".mjs")) return edits;
    const ended = `\n;__images.ended(${JSON.stringify(path)});`;
    return [...edits, { start: text.length, end: text.length, text: ended }];
  });
  return model && { ...model, imports: staticImports(program) };
}

function throughImages({ node: { start, end }, target }: LateImport, method: "load" | "require", text: string): Edit {
  return { start, end, text: `__images.${method}(${JSON.stringify(target)}, () => ${text.slice(start, end)})` };
}
