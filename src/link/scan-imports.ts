import { TokenScanner } from "../compile/token-scanner.ts";

/** A name that an import or a re-export takes from another module. Offsets are UTF-16, into the source. */
export interface ImportedName {
  /** The name there; `*` is the namespace, or everything. */
  readonly imported: string;
  /** The name here; undefined for re-exports, which bind nothing. */
  readonly local: string | undefined;
  /** Of the name there; `default` and `*` have the place of what is written for them. */
  readonly start: number;
  readonly end: number;
  /** Of the name here. */
  readonly localStart: number;
  readonly localEnd: number;
  /** In braces: what is written can be taken out, or get an `as`. */
  readonly inBraces: boolean;
  /** `import { type A }`: nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

/** How a module is asked for. `export … from` is an import. */
export type ScannedKind = "import" | "dynamic" | "require" | "resolve";

/** One place where a source names another module. */
export interface ScannedImport {
  readonly kind: ScannedKind;
  readonly specifier: string;
  /** Of the specifier with its quotes. */
  readonly specifierStart: number;
  readonly specifierEnd: number;
  /** Of the whole declaration or call, as far as its specifier. */
  readonly start: number;
  readonly names: readonly ImportedName[];
  /** `import type`, `export type`. */
  readonly typeOnly: boolean;
}

/**
 * Finds what a source imports without parsing it: a person who is typing leaves files that do not parse. Of TypeScript the
 * places are those in the text that was written. What is in strings, comments and templates is passed over.
 */
export function scanImports(source: string): ScannedImport[] {
  return new ImportScanner(source).all();
}

class ImportScanner {
  readonly #tokens: TokenScanner;
  readonly #found: ScannedImport[] = [];

  constructor(source: string) {
    this.#tokens = new TokenScanner(source);
  }

  all(): ScannedImport[] {
    const tokens = this.#tokens;
    // A declaration that breaks off leaves a token that may begin the next one.
    while (tokens.next()) while (tokens.previous !== "." && this.#declaration());
    return this.#found;
  }

  /** Gives true where the current token has not been looked at yet. */
  #declaration(): boolean {
    const { token, start } = this.#tokens;
    if (token === "import") return this.#import(start);
    if (token === "export") return this.#export(start);
    if (token === "require") return this.#call(start, "require");
    return false;
  }

  #at(token: string): boolean {
    return this.#tokens.token === token;
  }

  #next(): string {
    this.#tokens.next();
    return this.#tokens.token;
  }

  #import(start: number): boolean {
    const next = this.#next();
    if (next === "(") return this.#argument(start, "dynamic");
    if (next === ".") return this.#importProperty(start);
    if (next === "'") return this.#specifier(start, [], false);
    const names: ImportedName[] = [];
    const typeOnly = this.#clause(names);
    return this.#tokens.token === "from" && this.#next() === "'" ? this.#specifier(start, names, typeOnly) : true;
  }

  /** `import.meta.resolve("x")`, `import.source("x")`. */
  #importProperty(start: number): boolean {
    if (this.#next() !== "meta") return this.#next() === "(" ? this.#argument(start, "dynamic") : true;
    if (this.#next() !== "." || this.#next() !== "resolve") return true;
    return this.#next() === "(" ? this.#argument(start, "resolve") : true;
  }

  /** What stands between `import` and `from`; the current token is its first. Gives whether it is for types only. */
  #clause(names: ImportedName[]): boolean {
    let first = this.#word();
    let typeOnly = false;
    if (isModifier(first.text)) {
      // `import type from "x"` binds `type`; `import type A from "x"` does not.
      const token = this.#next();
      if (token === "," || token === "from") return this.#afterDefault(first, names, false);
      typeOnly = first.text === "type";
      first = this.#word();
    }
    if (first.text === "{" || first.text === "*") this.#bindings(names, typeOnly, true);
    else if (isName(first.text)) {
      this.#next();
      this.#afterDefault(first, names, typeOnly);
    }
    return typeOnly;
  }

  #afterDefault(first: Word, names: ImportedName[], typeOnly: boolean): boolean {
    names.push({ ...placed(first, first), imported: "default", local: first.text, inBraces: false, typeOnly });
    if (this.#tokens.token === ",") {
      this.#next();
      this.#bindings(names, typeOnly, true);
    }
    return typeOnly;
  }

  #export(start: number): boolean {
    let token = this.#next();
    const typeOnly = token === "type";
    if (typeOnly) token = this.#next();
    if (token !== "{" && token !== "*") return true;
    const names: ImportedName[] = [];
    this.#bindings(names, typeOnly, false);
    return this.#tokens.token === "from" && this.#next() === "'" ? this.#specifier(start, names, typeOnly) : true;
  }

  /** `* as ns` or `{ a, b as c }`; afterwards the current token is what follows. */
  #bindings(names: ImportedName[], typeOnly: boolean, binds: boolean): void {
    if (this.#tokens.token === "*") {
      const star = this.#word();
      const local = this.#next() === "as" ? (this.#next(), this.#word()) : star;
      if (local !== star) this.#next();
      names.push({ ...placed(star, local), imported: "*", local: bound(local, binds), inBraces: false, typeOnly });
    } else if (this.#tokens.token === "{") {
      let token = this.#next();
      while (isNameToken(token) && this.#braced(names, typeOnly, binds)) token = this.#next();
      if (this.#at("}")) this.#next();
    }
  }

  /** One name of a list in braces; gives whether a comma follows. */
  #braced(names: ImportedName[], ofTypes: boolean, binds: boolean): boolean {
    let name = this.#word();
    let token = this.#next();
    let typeOnly = ofTypes;
    // `{ type A }` is for types, `{ type }` and `{ type as A }` are not.
    if (name.text === "type" && isNameToken(token) && token !== "as") {
      typeOnly = true;
      name = this.#word();
      token = this.#next();
    }
    let local = name;
    if (token === "as") {
      this.#next();
      local = this.#word();
      token = this.#next();
    }
    names.push({ ...placed(name, local), imported: name.text, local: bound(local, binds), inBraces: true, typeOnly });
    return token === ",";
  }

  #call(start: number, kind: ScannedKind): boolean {
    let token = this.#next();
    if (kind === "require" && token === ".") {
      if (this.#next() !== "resolve") return true;
      token = this.#next();
      return token === "(" ? this.#argument(start, "resolve") : true;
    }
    return token === "(" ? this.#argument(start, kind) : true;
  }

  #argument(start: number, kind: ScannedKind): boolean {
    return this.#next() === "'" ? this.#specifier(start, [], false, kind) : true;
  }

  #specifier(start: number, names: readonly ImportedName[], typeOnly: boolean, kind: ScannedKind = "import"): boolean {
    const { start: specifierStart, end: specifierEnd, text } = this.#tokens;
    this.#found.push({ kind, specifier: unquote(text), specifierStart, specifierEnd, start, names, typeOnly });
    return false;
  }

  /** The current token as a name; a string is the name that it holds. */
  #word(): Word {
    const { token, text, start, end } = this.#tokens;
    return { text: token === "'" ? unquote(text) : text, start, end };
  }
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function placed(name: Word, local: Word) {
  return { start: name.start, end: name.end, localStart: local.start, localEnd: local.end };
}

function bound({ text }: Word, binds: boolean): string | undefined {
  return binds ? text : undefined;
}

/** `import type`, `import source`, `import defer`. */
function isModifier(word: string): boolean {
  return word === "type" || word === "source" || word === "defer";
}

function isName(word: string): boolean {
  return /^[\p{ID_Start}$_\\]/u.test(word);
}

/** A module may export names that are strings. */
function isNameToken(token: string): boolean {
  return token === "'" || isName(token);
}

/** The value of a string literal; one that has not been closed yet begins with its quote all the same. */
function unquote(literal: string): string {
  const body = literal.slice(1, literal.length > 1 && literal.endsWith(literal.charAt(0)) ? -1 : undefined);
  return body.replace(/\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|([^]))/gi, unescape);
}

function unescape(_: string, braced?: string, four?: string, two?: string, other = ""): string {
  const digits = braced ?? four ?? two;
  const code = Number.parseInt(digits ?? "", 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : other;
}
