/**
 * The strings of one package while it is being written. They are numbered when all are known, the most frequent first,
 * so that most numbers take one byte.
 */
export class StringPool {
  readonly #places = new Map<string, number>();
  readonly #counts: number[] = [];

  /** Notes one use; gives the string's place in the order of first use. UTF-8 has no lone surrogates: they become U+FFFD. */
  use(string: string): number {
    const text = string.toWellFormed();
    const place = this.#places.get(text) ?? this.#counts.length;
    if (place === this.#counts.length) this.#places.set(text, place);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    return place;
  }

  /** The strings in their order, and the number of each one by its place. */
  order(): { strings: string[]; numbers: Uint32Array } {
    const texts = [...this.#places.keys()];
    const places = texts.map((_, place) => place);
    const counts = this.#counts;
    places.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
    const numbers = new Uint32Array(texts.length);
    places.forEach((place, number) => (numbers[place] = number));
    return { strings: places.map((place) => texts[place] ?? ""), numbers };
  }
}
