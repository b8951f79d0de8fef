import { readdirSync, readFileSync } from "node:fs";
import { parseProgram, type TestProgram } from "./program.ts";

const FOLDER = new URL("cases/", import.meta.url);

/** A program that is known to be hard, in a file with others of its kind. */
export interface Case {
  /** First line of the file: what it is about. */
  readonly about: string;
  /** What is special about this one. */
  readonly title: string;
  readonly program: TestProgram;
}

/** All cases: files of `cases/`, a line `== title` before each program. */
export function readCases(): Case[] {
  const files = readdirSync(FOLDER).toSorted();
  return files.flatMap((file) => parseCases(readFileSync(new URL(file, FOLDER), "utf8")));
}

function parseCases(text: string): Case[] {
  const [head = "", ...parts] = text.split(/^== /m);
  return parts.map((part) => {
    const end = part.indexOf("\n");
    return { about: head.trim(), title: part.slice(0, end), program: parseProgram(part.slice(end + 1)) };
  });
}
