import * as vm from "node:vm";

/** The engine's own reading of a file: why it does not parse, or undefined. Needs `--experimental-vm-modules`. */
export function syntaxError(path: string, text: string): string | undefined {
  try {
    parse(path, text.replace(/^\ufeff/, ""));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function parse(path: string, text: string): unknown {
  if (path.endsWith(".json")) return JSON.parse(text);
  if (path.endsWith(".cjs"))
    return vm.compileFunction(text, ["exports", "require", "module", "__filename", "__dirname"]);
  return new vm.SourceTextModule(text);
}
