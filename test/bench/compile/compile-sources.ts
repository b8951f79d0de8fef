import { compileRecord } from "../../../src/compile/compile-record.ts";
import type { SourceFile } from "../../../src/compile/source-file.ts";
import type { Source } from "./source-sets.ts";

/** The files as the compiler takes them. */
export function toSourceFiles(sources: readonly Source[]): SourceFile[] {
  const encoder = new TextEncoder();
  return sources.map(({ path, text, type }) => ({ path, bytes: encoder.encode(text), type, shownAs: path }));
}

/** Compiles each of them; gives the milliseconds. */
export function timeCompile(files: readonly SourceFile[]): number {
  const started = performance.now();
  for (const file of files) compileRecord(file);
  return performance.now() - started;
}
