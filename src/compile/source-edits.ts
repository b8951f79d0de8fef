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
    this.ranges.push(start, end);
    this.texts.push(text);
  }

  keep(start: number, end: number): void {
    this.ranges.push(start, end);
    this.texts.push(undefined);
  }
}
