import type { Cause } from "./cause.ts";
import { withModulesBetween } from "./module-between.ts";
import { listOf } from "./rewrite.ts";

/** Imported through an ES module, which fails for good, and whose exports are those of the CommonJS module. */
export const COMMONJS_THAT_THREW: Cause = {
  row: "CommonJS that threw when a required ES module, or an `import()`, imported it, imported again",
  models: (program) => listOf(withModulesBetween(program, { isFor: isCommonjs, write: reexporting, isAll: false })),
};

/** Imported through an ES module whose exports are constants. */
export const COMMONJS_READ_EARLY: Cause = {
  row: "an import of CommonJS that a cycle reads before that has run",
  models: (program) => listOf(withModulesBetween(program, { isFor: isCommonjs, write: keeping, isAll: false })),
};

/** One CommonJS module is required for others to import: Node only minds `null` where it looks for names itself. */
export const NULL_EXPORTS: Cause = {
  row: "an import of CommonJS whose exports are `null`, where its text shows names",
  models: (program) => {
    const paths = Object.keys(program.files).filter(isCommonjs);
    return paths.flatMap((nullish) => {
      const isFor = (path: string): boolean => path === nullish;
      return withModulesBetween(program, { isFor, write: requiring, isAll: true }) ?? [];
    });
  },
};

function isCommonjs(path: string): boolean {
  return path.endsWith(".cjs");
}

function reexporting(path: string, names: readonly string[]): string {
  const source = quote(`.${path}`);
  return `import ${source};\nexport { ${names.map(quote).join(", ")} } from ${source};\n`;
}

function keeping(path: string, names: readonly string[]): string {
  const source = quote(`.${path}`);
  const constants = names.map((name, index) => {
    const value = `import { ${quote(name)} as i${index} } from ${source}; const c${index} = i${index};`;
    return `${value} export { c${index} as ${quote(name)} };\n`;
  });
  return `import ${source};\n${constants.join("")}`;
}

/** Its exports are `var`s: as Node's of CommonJS, they are undefined before it has run. */
function requiring(path: string, names: readonly string[]): string {
  const exports = `createRequire(import.meta.url)(${quote(`.${path}`)})`;
  const check = `if (exports !== null && exports !== undefined) throw new Error("E not null");`;
  const variables = names.map((name, index) => {
    const value = name === "default" ? "exports" : "undefined";
    return `var c${index} = ${value}; export { c${index} as ${quote(name)} };\n`;
  });
  return `import { createRequire } from "node:module";\nconst exports = ${exports};\n${check}\n${variables.join("")}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
