/** A program of the examples menu. */
export interface Example {
  /** Stays the same for ever: a visitor's edits are kept under it. */
  readonly id: string;
  readonly title: string;
  /** What it shows, a few words. */
  readonly description: string;
  readonly files: Readonly<Record<string, string>>;
  readonly entry: string;
}
