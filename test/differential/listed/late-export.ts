import type { Cause } from "./cause.ts";
import { rewrite } from "./rewrite.ts";
import { StandardExports } from "./standard-exports.ts";

/** In a program in which something needs every export from the beginning. Nobody can tell in Node. */
export const LATE_EXPORT: Cause = {
  row: "an export of a module that has run, which nothing needed until an `import()` that fails because of another module",
  without: {
    remove: (program, { log }) => {
      if (!log.some((line) => line.includes("→ !"))) return undefined;
      const exports = new StandardExports(program);
      return rewrite(program, (_body, path, text) => {
        const names = [...exports.ownNames(path)].map((name) => exports.resolve(path, name));
        const locals = names.map((found) =>
          typeof found === "object" && found.path === path ? found.local : undefined,
        );
        const needed = locals.filter((local) => local !== undefined && local !== "*default*");
        if (needed.length === 0 || path.endsWith(".cjs")) return [];
        return [{ start: text.length, end: text.length, text: `\n;__need(() => [${needed.join(", ")}]);` }];
      });
    },
  },
};
