/** A program under test: its files by absolute path, the entry among them. */
export interface TestProgram {
  readonly files: Readonly<Record<string, string>>;
  readonly entry: string;
  /** Paths that its ES modules import; only where it has been rewritten to behave as images do when one of their modules throws. */
  readonly imports?: Readonly<Record<string, readonly string[]>>;
}

/** What can be seen of a program that was run. Two runs are the same where all of this is. */
export interface Outcome {
  /**
   * - `done`: the entry was evaluated;
   * - `threw`: a module threw;
   * - `link`: an import of a name that is missing or ambiguous;
   * - `missing`: an import of a module that does not exist;
   * - `refused`: Node does not run it although it could be run, or fails in itself;
   * - `parse`: a file is not JavaScript;
   * - `pending`: evaluation never ends, as when a module awaits an import of itself.
   */
  readonly end: "done" | "threw" | "link" | "missing" | "refused" | "parse" | "pending";
  /** What was thrown, described. */
  readonly error?: string;
  /** What the modules wrote, in order. */
  readonly log: readonly string[];
  /** The entry's exports, described, each `name: value`. */
  readonly exports: readonly string[];
}

/** Text of an outcome that is equal for equal ones. */
export function printOutcome({ end, error, log, exports }: Outcome): string {
  const lines = [error === undefined ? end : `${end}: ${error}`, ...log.map((line) => `  ${line}`)];
  return [...lines, ...exports.map((line) => `  export ${line}`)].join("\n");
}

/** The files as one text that `parseProgram` reads. */
export function printFiles(files: TestProgram["files"]): string {
  return Object.entries(files)
    .map(([path, text]) => `── ${path}\n${text.trimEnd()}\n`)
    .join("");
}

/** A program from a text with a heading `── /path` before each file; the first one is the entry. What comes before is a comment. */
export function parseProgram(text: string): TestProgram {
  const parts = text.split(/^── (.+)\n/m).slice(1);
  const files: Record<string, string> = {};
  for (let index = 0; index < parts.length; index += 2) files[parts[index] ?? ""] = parts[index + 1] ?? "";
  const [entry] = Object.keys(files);
  if (entry === undefined) throw new SyntaxError("The text has no file");
  return { entry, files };
}
