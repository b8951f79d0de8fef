import { type Options, transform } from "sucrase";
import type { ErrorDetails } from "../errors.ts";
import { parseError } from "./parse-module.ts";

/** Files that are turned into JavaScript before they are parsed. */
const TRANSFORMED = /\.(?:ts|tsx|mts|cts|jsx|raya)$/;
const PRAGMA = /@(jsxRuntime|jsxImportSource|jsxFrag|jsx)\s+([^\s*]+)/g;

/** `import defer * as x`, `import source x from`: words that the transform does not know. */
const PHASE = /(?<![\w$.#])(import\s+)(defer(?=\s*\*)|source(?=\s+[\p{ID_Start}$_][\p{ID_Continue}$]*\s+from\b))/gu;
/** What stands for them meanwhile: comments of their length, which go where the import goes. */
const PHASE_MARKS = { defer: "/*\u0001*/", source: "/*\u0001\u0001*/" } as const;

/** Whether the file's language is more than JavaScript. */
export function isTransformed(path: string): boolean {
  return TRANSFORMED.test(path);
}

/**
 * Turns TypeScript, TSX and JSX into JavaScript; every line stays where it is. JSX is compiled for the automatic
 * runtime of React unless pragmas in a comment name another package or function (`@jsxImportSource`, `@jsx`).
 * @throws LoaderError ERR_SOURCE_PARSE
 */
export function transformTypescript(source: string, path: string, details: ErrorDetails = {}): string {
  try {
    const known = withoutPhases(source);
    const { code } = transform(known, transformOptions(source, path));
    return known === source ? code : withPhases(code);
  } catch (error) {
    throw parseError(error, source, path, details);
  }
}

/** Mappings (source map, version 3) of what `transformTypescript` makes of a source that it can transform. */
export function typescriptMappings(source: string, path: string): string {
  const options = { filePath: path, sourceMapOptions: { compiledFilename: path } };
  const { sourceMap } = transform(withoutPhases(source), { ...transformOptions(source, path), ...options });
  return sourceMap?.mappings ?? "";
}

function withoutPhases(source: string): string {
  return source.replace(PHASE, (_, start: string, phase: keyof typeof PHASE_MARKS) => start + PHASE_MARKS[phase]);
}

function withPhases(code: string): string {
  return code.replaceAll(PHASE_MARKS.defer, "defer").replaceAll(PHASE_MARKS.source, "source");
}

function transformOptions(source: string, path: string): Options {
  const jsx = path.endsWith("x");
  const typescript = !path.endsWith(".jsx");
  return {
    transforms: [...(typescript ? (["typescript"] as const) : []), ...(jsx ? (["jsx"] as const) : [])],
    disableESTransforms: true,
    preserveDynamicImport: true,
    production: true,
    ...(jsx ? jsxOptions(source) : {}),
  };
}

function jsxOptions(source: string): Partial<Options> {
  const pragmas = new Map<string, string>();
  for (const comment of source.match(/\/\*[\s\S]*?\*\/|\/\/.*/g) ?? []) {
    for (const [, name, value] of comment.matchAll(PRAGMA)) pragmas.set(name ?? "", value ?? "");
  }
  const pragma = pragmas.get("jsx");
  if (pragma !== undefined || pragmas.get("jsxRuntime") === "classic") {
    return {
      jsxRuntime: "classic",
      jsxPragma: pragma ?? "React.createElement",
      jsxFragmentPragma: pragmas.get("jsxFrag") ?? "React.Fragment",
    };
  }
  return { jsxRuntime: "automatic", jsxImportSource: pragmas.get("jsxImportSource") ?? "react" };
}
