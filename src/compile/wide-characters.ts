import type { SourceEdits } from "./source-edits.ts";

/** Above U+00FF: one of them makes engines keep the whole image in two bytes a character, and read it slower. */
const WIDE = /[^\0-\xff]/;
const WIDE_RUNS = /[^\0-\xff]+/g;
/** What is behind a backslash means itself, or that the line goes on: it stays as it is. */
const ESCAPED_WIDE = /\\[^\0-\xff]/;

export function hasWideCharacters(text: string): boolean {
  return WIDE.test(text);
}

/** The same in the strings of a JSON text, where nothing else can have them. */
export function escapeJson(text: string): string {
  return text.replaceAll(WIDE_RUNS, escape);
}

/** Writes wide characters of a string literal, or of a template without a tag, as escapes: its value is the same. */
export function escapeWide(source: string, start: number, end: number, edits: SourceEdits): void {
  const text = source.slice(start, end);
  if (ESCAPED_WIDE.test(text)) {
    edits.keep(start, end);
    return;
  }
  let kept = start;
  for (const { index, 0: run } of text.matchAll(WIDE_RUNS)) {
    if (start + index > kept) edits.keep(kept, start + index);
    kept = start + index + run.length;
    edits.replace(start + index, kept, escape(run));
  }
  if (kept < end) edits.keep(kept, end);
}

function escape(run: string): string {
  let escaped = "";
  for (let at = 0; at < run.length; at++) escaped += `\\u${run.charCodeAt(at).toString(16).padStart(4, "0")}`;
  return escaped;
}
