import type { Position } from "../compile/code-frame.ts";
import { type ErrorCode, type ErrorDetails, LoaderError } from "../errors.ts";

/** A place in a file; lines and columns count from 1, columns in UTF-16 units. */
export interface SourcePlace {
  /** `/main.ts`, a URL, `name@version/path`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** After the last character. */
  readonly end: Position;
}

/** Text to put in the place of other text. */
export interface SourceEdit extends SourcePlace {
  readonly text: string;
}

/** A change that makes a problem go away. */
export interface SourceFix {
  readonly title: string;
  readonly edits: readonly SourceEdit[];
}

/** Something wrong with a file, found without running it. Plain data. */
export interface SourceProblem extends SourcePlace {
  readonly code: ErrorCode;
  readonly message: string;
  /** What is imported. */
  readonly specifier?: string;
  /** What to do about it. */
  readonly suggestion?: string;
  /** Other places that have to do with it: of a name that is bound twice, the first. */
  readonly related?: readonly (SourcePlace & { readonly message: string })[];
  readonly fixes?: readonly SourceFix[];
}

/** `file:line:column`. */
export function shownPlace({ file, line, column }: SourcePlace): string {
  return `${file}:${line}:${column}`;
}

/**
 * One error for problems found together: of the first one's code, with all of them in `details.problems`. The message of a
 * single one is its own.
 * @param place details of the first one's place
 */
export function problemsError(
  problems: readonly [SourceProblem, ...SourceProblem[]],
  place: ErrorDetails,
): LoaderError {
  const [{ code, message, specifier, suggestion }] = problems;
  const isOne = problems.length === 1;
  const text = isOne ? message : [`${problems.length} imports are wrong:`, ...problems.map(listed)].join("\n");
  return new LoaderError(code, text, {
    ...(specifier === undefined ? {} : { specifier }),
    ...place,
    ...(isOne && suggestion !== undefined ? { hint: suggestion } : {}),
    problems,
  });
}

function listed(problem: SourceProblem): string {
  const { message, suggestion } = problem;
  return `  ${shownPlace(problem)} ${message}${suggestion === undefined ? "" : `; ${suggestion}`}`;
}
