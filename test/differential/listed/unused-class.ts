import type { TestProgram } from "../program.ts";
import { type Edit, nodesIn, type TreeNode } from "../tree.ts";
import type { Cause } from "./cause.ts";
import { importsOf, rewrite } from "./rewrite.ts";

/** A class that is left out is one that could have been made: the class is there, whatever uses it would find it. */
export const UNUSED_CLASS: Cause = {
  row: "a class that nothing uses extends what is no constructor",
  models: (program) =>
    placesOf(program).flatMap((place) =>
      [false, true].flatMap((isLate) => withoutHeritage(program, place, isLate) ?? []),
    ),
};

/** A class, by its module and what it extends. */
interface Place {
  readonly path: string;
  readonly heritage: TreeNode;
}

/** `__heritage` gives `Object` for what is no constructor; with `isLate`, an `import()` of the module needs it, and throws. */
function withoutHeritage(
  program: TestProgram,
  { path: home, heritage }: Place,
  isLate: boolean,
): TestProgram | undefined {
  return rewrite(program, (body, path, text) => {
    const { start, end } = heritage;
    const edits: Edit[] = path === home ? [{ start, end, text: `__heritage(${text.slice(start, end)})` }] : [];
    if (!isLate) return edits;
    const imports = importsOf(body, path).filter(({ target }) => target === home);
    const late = imports.map(({ node }) => ({
      start: node.start,
      end: node.end,
      text: `${text.slice(node.start, node.end)}.then(() => { throw new __TypeError() })`,
    }));
    return [...edits, ...late];
  });
}

function placesOf(program: TestProgram): Place[] {
  const places: Place[] = [];
  rewrite(program, (body, path) => {
    for (const heritage of heritages(body)) places.push({ path, heritage });
    return [];
  });
  return places;
}

/** What classes extend that are made when the module runs. */
function heritages(body: readonly TreeNode[]): TreeNode[] {
  return [...nodesIn(body, ({ type }) => type.includes("Function"))].flatMap((node) =>
    node.type.startsWith("Class") && node["superClass"] ? [node["superClass"] as TreeNode] : [],
  );
}
