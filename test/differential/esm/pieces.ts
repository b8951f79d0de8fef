import type { ModuleWriter } from "./module-writer.ts";

/** Code of one or several statements, or of an import or export clause. */
export interface Piece {
  readonly text: string;
  /**
   * - `closed`: nothing that follows can continue it;
   * - `open`: it needs a semicolon, or a new line with something that does not continue it;
   * - `clause`: an import or export clause, which only a new line must follow.
   */
  readonly end: "closed" | "open" | "clause";
}

const CLOSED_START =
  /^(?:(?:export )?(?:default )?(?:(?:async )?function|class)\b|(?:if|for|while|switch|try)\b|\{|\w+:\s*(?:\{|for\b))/;
/** What would be taken for the continuation of a statement without a semicolon. */
const CONTINUATION = /^(?:\/\*[^]*?\*\/\s*)?[([`/+-]/;

/** Whether a text may be read as the rest of what stands before it. */
export function continues(text: string): boolean {
  return CONTINUATION.test(text);
}

export function statement(text: string): Piece {
  const trimmed = text.trimEnd();
  const closed = trimmed.endsWith(";") || (trimmed.endsWith("}") && CLOSED_START.test(trimmed));
  return { text, end: closed ? "closed" : "open" };
}

export function clause(text: string): Piece {
  return { text, end: "clause" };
}

/** Puts statements one after the other, with and without semicolons, on one line and on several. */
export function joinPieces(w: ModuleWriter, pieces: readonly Piece[]): string {
  let text = "";
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1];
    text += piece.text + (next === undefined ? lastEnd(w) : separator(w, piece, next));
  }
  return text;
}

function lastEnd(w: ModuleWriter): string {
  return w.random.pick(["\n", "", ";", ";\n", "\n// end", "\n//# sourceMappingURL=x.map\n"]);
}

function separator(w: ModuleWriter, { end }: Piece, next: Piece): string {
  if (!w.taste.seams) return end === "closed" ? "\n" : ";\n";
  const line = w.random.pick(["\n", "\n\n", " // line\n", "\n/* block */ ", "\r\n", "\n  "]);
  if (end === "closed") return w.random.pick(["", " ", line, line]);
  const misread = next.text.startsWith("/") && !w.taste.known;
  const continued = end === "open" ? continues(next.text) : misread || next.text.startsWith("from");
  return continued ? `;${w.random.pick(["", line])}` : w.random.pick([";", line, line, `;${line}`]);
}
