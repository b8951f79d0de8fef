/**
 * Changes to a source on its way to cleaned code, in source order: text that is put in or replaced, and text that must
 * stay as it is to the letter (templates).
 */
export class SourceEdits {
  /** Of each: start and end in the source. */
  readonly ranges: number[] = [];
  /** Of each the new text; undefined where the text stays. */
  readonly texts: (string | undefined)[] = [];

  insert(at: number, text: string): void {
    this.replace(at, at, text);
  }

  replace(start: number, end: number, text: string): void {
    this.#add(start, end, text);
  }

  keep(start: number, end: number): void {
    this.#add(start, end, undefined);
  }

  /** Nearly always the last one. */
  #add(start: number, end: number, text: string | undefined): void {
    let at = this.texts.length;
    while (at > 0 && (this.ranges[at * 2 - 2] ?? 0) > start) at--;
    this.ranges.splice(at * 2, 0, start, end);
    this.texts.splice(at, 0, text);
  }
}
