import { type ErrorCode, type ErrorDetails, LoaderError } from "../errors.ts";

/** A specifier on its way through the parser: a part of a text, whose place errors name. */
export interface SpecifierText {
  /** The specifier as it was written. */
  readonly whole: string;
  /** Offset of the part that is being read, in code units; it reaches to the end. */
  readonly start: number;
  /** Who asked for it, and the like. */
  readonly details: ErrorDetails;
}

/** The part that is read. */
export function textOf({ whole, start }: SpecifierText): string {
  return whole.slice(start);
}

/** The same text from `count` code units further on. */
export function skip(text: SpecifierText, count: number): SpecifierText {
  return { ...text, start: text.start + count };
}

/**
 * An error about a part of a specifier: from offset `from` of `text`, `length` code units, by default all. `details.start` and
 * `details.end` are offsets into `details.specifier`.
 */
export function specifierError(
  code: ErrorCode,
  message: string,
  text: SpecifierText,
  { from = 0, length, hint }: { readonly from?: number; readonly length?: number; readonly hint?: string } = {},
): LoaderError {
  const start = text.start + from;
  return new LoaderError(code, message, {
    ...text.details,
    specifier: text.whole,
    start,
    end: length === undefined ? text.whole.length : start + length,
    ...(hint !== undefined && { hint }),
  });
}
