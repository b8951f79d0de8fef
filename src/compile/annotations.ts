import { skipSpace } from "./skip-space.ts";

const ANNOTATION = /[@#]__(PURE|NO_SIDE_EFFECTS)__/g;
const OPENING = 40;

/** Where comments say that a call, or calls of a function, do nothing beside their result. */
export interface Annotations {
  /** Offsets of calls. */
  readonly pure: ReadonlySet<number>;
  /** Offsets of functions and their declarations. */
  readonly noSideEffects: ReadonlySet<number>;
}

const NONE: Annotations = { pure: new Set(), noSideEffects: new Set() };

/** Reads the annotations in the comments of a source; `comments` holds start and end of each. */
export function readAnnotations(source: string, comments: readonly number[]): Annotations {
  if (!source.includes("__PURE__") && !source.includes("__NO_SIDE_EFFECTS__")) return NONE;
  const pure = new Set<number>();
  const noSideEffects = new Set<number>();
  for (let at = 0; at < comments.length; at += 2) {
    const end = comments[at + 1] ?? 0;
    for (const [, name] of source.slice(comments[at], end).matchAll(ANNOTATION))
      markBehind(source, end, name === "PURE" ? pure : noSideEffects);
  }
  return { pure, noSideEffects };
}

/** The next token, and what parentheses around it hold: nodes begin inside or outside of them. */
function markBehind(source: string, end: number, marked: Set<number>): void {
  let at = skipSpace(source, end);
  marked.add(at);
  while (source.charCodeAt(at) === OPENING) {
    at = skipSpace(source, at + 1);
    marked.add(at);
  }
}
