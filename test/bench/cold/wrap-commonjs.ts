import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** CommonJS files of React, as an import map can only name them when they have been made ES modules. */
const WRAPPED = {
  react: "react/cjs/react.production.js",
  "react-dom": "react-dom/cjs/react-dom.production.js",
  "react-dom/client": "react-dom/cjs/react-dom-client.production.js",
  scheduler: "scheduler/cjs/scheduler.production.js",
} as const;

/** Names of packages none of whose own files are loaded. */
export const WRAPPED_PACKAGES = ["react", "react-dom", "scheduler"];

/** A module made of a CommonJS file. */
export interface WrappedModule {
  readonly specifier: string;
  readonly path: string;
  readonly code: string;
}

/** Makes ES modules of React's production files, as a CDN does. @param folder where React is installed */
export function wrapReact(folder: string): WrappedModule[] {
  return Object.entries(WRAPPED).map(([specifier, file]) => {
    const code = readFileSync(join(folder, "node_modules", file), "utf8");
    const required = [...new Set([...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name))];
    const imports = required.map((name, index) => `import required${index} from "${name}";`);
    const table = required.map((name, index) => `"${name}": required${index}`);
    const names = Object.keys(createRequire(join(folder, "x.js"))(specifier) as object);
    return {
      specifier,
      path: `/wrapped/${specifier}.js`,
      code: `${imports.join("\n")}
const module = { exports: {} };
((module, exports, require) => {
${code}
})(module, module.exports, (name) => ({ ${table.join(", ")} })[name]);
export default module.exports;
export const { ${names.join(", ")} } = module.exports;
`,
    };
  });
}
