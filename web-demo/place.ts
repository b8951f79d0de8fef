import { shownFile } from "./program-base.ts";

/** A place in one of the visitor's files; line and column count from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** The place that an error's file, line and column mean, where that is a file of the project. */
export function findPlace(
  files: Readonly<Record<string, string>>,
  file: string | undefined,
  line = 1,
  column = 1,
): Place | undefined {
  if (file === undefined) return undefined;
  const path = shownFile(file);
  return Object.hasOwn(files, path) ? { path, line, column } : undefined;
}
