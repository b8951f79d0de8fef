import { INJECTED_NAMES, type ModuleRecord, RECORD_FLAGS, RELOCATION } from "../artifact/module-record.ts";
import { compileEsm } from "./compile-esm.ts";
import { declareVars } from "./declared-names.ts";
import { parseModule } from "./parse-module.ts";
import { RequestList } from "./request-list.ts";
import { TokenScanner } from "./token-scanner.ts";
import { unchangedLines } from "./unchanged-lines.ts";

/** The constant that an anonymous default export becomes. */
const DEFAULT = "$raya";
/** Words that begin a statement: what was declared before is complete. */
const STATEMENTS = new Set(
  "; import export const let var class function if for while return throw try switch".split(" "),
);
/** The end of a value, in what the scanner tells of tokens. */
const OPERAND_END = /^[\p{ID_Start}$_0'"`/)\]}]/u;

/**
 * Makes the record of an ES module that is too big to be parsed: a module of its own, without relocations but for what needs
 * the loader. Its import and export declarations are found by their tokens, cut out and parsed by themselves; blanks take
 * their place, so that every offset and line stays.
 */
export function compileWholeEsm(source: string, path: string): ModuleRecord {
  return new WholeModule(source).finish(path);
}

/** A walk along the tokens of a module, which takes its interface out. */
class WholeModule {
  readonly #source: string;
  readonly #tokens: TokenScanner;
  readonly #later = new RequestList();
  /** Pieces of the code: what is not cut out, and what takes its place. */
  readonly #code: string[] = [];
  #written = 0;
  /** Import and export declarations, one a line. */
  readonly #declarations: { text: string; offset: number }[] = [];
  readonly #imported = new Set<string>();
  /** Local names that are exported. */
  readonly #locals = new Set<string>();
  readonly #relocations: { position: number; length: number; kind: number; request: number }[] = [];
  readonly #globals = new Set<string>();
  #flags: number = RECORD_FLAGS.whole;
  /** In an exported `const a = 1, b = 2`: a name comes next, or its value. */
  #declaring: "name" | "value" | undefined;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = new TokenScanner(source);
    let goesOn = this.#tokens.next();
    while (goesOn) goesOn = this.#token() ? this.#tokens.token !== "" : this.#tokens.next();
    this.#code.push(source.slice(this.#written));
  }

  finish(path: string): ModuleRecord {
    const locals = [...this.#locals].filter((name) => !this.#imported.has(name));
    const head = locals.length === 0 ? "" : `var ${locals.join(", ")};`;
    const text = [head, ...this.#declarations.map((declaration) => declaration.text.replaceAll("\n", " "))].join("\n");
    const found = compileEsm(text, parseModule(text, "esm", path), path);
    const requests = found.requests.map((request) => ({ ...request, ...this.#placeOf(request.line) }));
    const later = this.#later.finish(this.#source);
    const code = this.#code.join("");
    return {
      ...found,
      code,
      lines: unchangedLines(code),
      flags: this.#flags,
      requests: [...requests, ...later.requests],
      globals: [...this.#globals].filter(
        (name) => !new RegExp(`\\b(?:var|let|const|function|class)\\s+${name}\\b`).test(code),
      ),
      parts: [],
      declares: [],
      strings: [],
      nested: [],
      relocations: this.#relocations.flatMap(({ position, length, kind, request }) => {
        const index = request < 0 ? request : requests.length + (later.indices[request] ?? 0);
        return [position, length, kind, kind === RELOCATION.meta ? 0 : index, 0];
      }),
    };
  }

  #placeOf(line: number): { line: number; column: number } {
    const before = this.#source.slice(0, this.#declarations[line - 2]?.offset ?? 0);
    return { line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
  }

  /** Gives true where the current token has not been looked at yet. */
  #token(): boolean {
    const { token, previous, depth } = this.#tokens;
    if (previous === ".") return false;
    if (depth <= 1 && this.#declaring !== undefined) this.#declarator();
    if (token === "import") return this.#import(depth === 0);
    if (token === "export" && depth === 0) return this.#export();
    if ((INJECTED_NAMES as readonly string[]).includes(token)) this.#globals.add(token);
    return false;
  }

  #next(): string {
    this.#tokens.next();
    return this.#tokens.token;
  }

  #import(atTop: boolean): boolean {
    const { start } = this.#tokens;
    const next = this.#next();
    if (next === "(") return this.#importCall(start, start + "import".length);
    if (next === ".") return this.#importProperty(start);
    return atTop ? this.#declaration(start) : true;
  }

  #importProperty(start: number): boolean {
    const property = this.#next();
    const { end } = this.#tokens;
    if (property === "meta") {
      this.#flags |= RECORD_FLAGS.importMeta;
      this.#relocations.push({ position: start, length: end - start, kind: RELOCATION.meta, request: -1 });
      return false;
    }
    return this.#next() === "(" ? this.#importCall(start, end) : true;
  }

  #importCall(start: number, end: number): boolean {
    const literal = this.#next() === "'" ? this.#tokens.text : "";
    const { start: offset } = this.#tokens;
    const isLiteral = literal.length > 1 && !literal.includes("\\") && [")", ","].includes(this.#next());
    if (!isLiteral) this.#flags |= RECORD_FLAGS.computedImport;
    const request = isLiteral ? this.#later.add({ specifier: literal.slice(1, -1), kind: "dynamic", offset }) : -1;
    this.#relocations.push({ position: start, length: end - start, kind: RELOCATION.dynamicImport, request });
    return true;
  }

  /** From `import` or `export` up to the specifier and its attributes. */
  #declaration(start: number): boolean {
    // In braces stand names, which may be strings.
    while ((this.#tokens.token !== "'" || this.#tokens.depth > 0) && this.#tokens.token !== "") this.#next();
    const { start: specifier } = this.#tokens;
    let { end } = this.#tokens;
    if (this.#next() === "with") {
      for (let token = ""; token !== "}" && this.#tokens.end < this.#source.length;) token = this.#next();
      ({ end } = this.#tokens);
      this.#next();
    }
    const text = this.#source.slice(start, end);
    this.#declare(text, specifier);
    this.#cut(start, end);
    for (const statement of parseModule(text, "esm", "").tree.body)
      if (statement.type === "ImportDeclaration")
        for (const { local } of statement.specifiers) this.#imported.add(local.name);
    return true;
  }

  #declare(text: string, offset: number): void {
    this.#declarations.push({ text: `${text};`, offset });
  }

  /** Puts `text` in the place of a range, as long as the range is. */
  #cut(start: number, end: number, text = ""): void {
    const blank = this.#source.slice(start, end).replace(/[^\n]/g, " ");
    this.#code.push(this.#source.slice(this.#written, start), text, blank.slice(text.length));
    this.#written = end;
  }

  #export(): boolean {
    const { start, end } = this.#tokens;
    const next = this.#next();
    if (next === "*") return this.#declaration(start);
    if (next === "{") return this.#exportNames(start);
    if (next === "default") return this.#exportDefault(start);
    this.#cut(start, end);
    if (next === "const" || next === "let" || next === "var") this.#declaring = "name";
    else this.#exportLocal(this.#declaredName(), undefined, start);
    return this.#declaring === undefined;
  }

  #exportLocal(local: string, as: string | undefined, offset: number): void {
    this.#locals.add(local);
    this.#declare(`export { ${local}${as === undefined ? "" : ` as ${as}`} }`, offset);
  }

  /** The name of the function or class whose declaration begins here; `""` if it has none. */
  #declaredName(): string {
    while (["async", "function", "class", "*"].includes(this.#tokens.token)) this.#next();
    return /^[\p{ID_Start}$_]/u.test(this.#tokens.token) && this.#tokens.token !== "extends" ? this.#tokens.token : "";
  }

  #exportNames(start: number): boolean {
    const locals: string[] = [];
    for (let before = "{"; this.#next() !== "}" && this.#tokens.token !== ""; before = this.#tokens.token)
      if (before === "{" || before === ",") locals.push(this.#tokens.token);
    const { end } = this.#tokens;
    if (this.#next() === "from") return this.#declaration(start);
    for (const local of locals) if (local !== "}") this.#locals.add(local);
    this.#declare(this.#source.slice(start, end), start);
    this.#cut(start, end);
    return true;
  }

  #exportDefault(start: number): boolean {
    const { end } = this.#tokens;
    this.#next();
    const { start: declared, token } = this.#tokens;
    const isDeclaration =
      token === "class" || /^(?:async\s+)?function\b/.test(this.#source.slice(declared, declared + 200));
    const name = isDeclaration ? this.#declaredName() : "";
    if (name !== "") this.#cut(start, end);
    else if (isDeclaration) {
      const text = `${this.#source.slice(declared, this.#tokens.start).trim().replaceAll(/\s+/g, " ")} ${DEFAULT}`;
      this.#cut(start, this.#tokens.start, text);
    } else this.#cut(start, end, `const ${DEFAULT}=`);
    this.#exportLocal(name || DEFAULT, "default", start);
    return true;
  }

  /** At the top level of an exported declaration, or at a bracket there. */
  #declarator(): void {
    const { token, start, depth } = this.#tokens;
    if (this.#declaring === "value") {
      if (depth > 0) return;
      if (token === ",") this.#declaring = "name";
      else if (token === ";" || (STATEMENTS.has(token) && OPERAND_END.test(this.#tokens.previous)))
        this.#declaring = undefined;
      return;
    }
    this.#declaring = "value";
    if (token !== "{" && token !== "[") {
      this.#exportLocal(token, undefined, start);
      return;
    }
    while (this.#tokens.depth > 0 && this.#tokens.token !== "") this.#next();
    const { tree } = parseModule(`var ${this.#source.slice(start, this.#tokens.end)} = 0`, "esm", "");
    declareVars(tree.body, false, { declare: (name) => this.#exportLocal(name, undefined, start) });
  }
}
