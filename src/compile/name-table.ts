/** What is known of one identifier's name in a module. */
export interface Name {
  readonly text: string;
  /** How many of the scopes around the current place, below the top level, declare it. */
  depth: number;
  /** Some scope below the top level declares it. */
  nested: boolean;
  /** It is used where nothing declares it. */
  free: boolean;
  /** Index of the top-level binding, -1 where there is none. */
  symbol: number;
}

/** Takes the names that a syntax tree declares. */
export interface Declarations {
  declare(name: string): void;
}

/**
 * The scopes of a module, without an object for each: a name only has to know whether a scope between the top level and
 * the current place declares it.
 */
export class NameTable implements Declarations {
  readonly #names = new Map<string, Name>();
  /** Declared names of the open scopes, outermost first. */
  readonly #open: Name[] = [];

  get(text: string): Name {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = { text, depth: 0, nested: false, free: false, symbol: -1 };
      this.#names.set(text, name);
    }
    return name;
  }

  has(text: string): boolean {
    return this.#names.has(text);
  }

  /** Opens a scope below the top level; `leave` takes what this gives. */
  enter(): number {
    return this.#open.length;
  }

  /** Declares a name in the innermost scope. */
  declare(text: string): void {
    const name = this.get(text);
    name.depth++;
    name.nested = true;
    this.#open.push(name);
  }

  leave(mark: number): void {
    const open = this.#open;
    while (open.length > mark) {
      const name = open.pop();
      if (name !== undefined) name.depth--;
    }
  }

  /** Names that some scope below the top level declares, in the order they were first met. */
  nested(): string[] {
    return this.#texts((name) => name.nested);
  }

  /** Names that are used where nothing declares them, in the order they were first met. */
  free(): string[] {
    return this.#texts((name) => name.free);
  }

  #texts(keep: (name: Name) => boolean): string[] {
    const texts: string[] = [];
    for (const name of this.#names.values()) if (keep(name)) texts.push(name.text);
    return texts;
  }
}
