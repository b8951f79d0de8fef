import type { Random } from "../random.ts";
import { bindingName, written } from "./names.ts";
import type { ModulePlan, Taste } from "./plan.ts";

/** Where code stands. */
export interface Place {
  /** Names that scopes around it declare. */
  readonly nested: readonly string[];
  /** How deep expressions may still grow. */
  readonly depth: number;
  /** `arguments` may be named: not so in fields and static blocks of classes. */
  readonly mayNameArguments: boolean;
  readonly mayAwait: boolean;
  /** It is evaluated together with the statement that it belongs to. */
  readonly runsNow: boolean;
}

/** Writes expressions. Functions and classes consist of them, and they of functions and classes. */
export interface Grammar {
  /** An expression that throws only where it reads a binding too early. */
  safe(w: ModuleWriter, place: Place): string;
  /** Any expression; it may throw. */
  wild(w: ModuleWriter, place: Place): string;
}

/** What a module is part of. */
export interface Setting {
  readonly grammar: Grammar;
  /** Names of the program's files, without folder, by index of the module. */
  readonly files: readonly string[];
  /** The files lie in a folder that their specifiers must not leave. */
  readonly inFolder: boolean;
}

/** What Node's modules find among their globals and the loader gives in a form of its own. */
const AMBIENT = new Set(["process", "global", "__raya"]);

/** Writes the parts of one module: what it knows, and the whitespace, names and labels that go into them. */
export class ModuleWriter {
  readonly module: ModulePlan;
  readonly random: Random;
  readonly taste: Taste;
  /** Every name of the module's top level. */
  readonly own: readonly string[];
  /** Names of the top level that statements from here on may read. */
  readonly #ready: string[];
  readonly #setting: Setting;
  readonly #constants: ReadonlySet<string>;
  #labels = 0;

  constructor(module: ModulePlan, random: Random, taste: Taste, setting: Setting) {
    this.#setting = setting;
    this.module = module;
    this.random = random;
    this.taste = taste;
    this.own = [...module.locals.map(({ name }) => name), ...module.imports];
    this.#constants = new Set(module.locals.filter(({ kind }) => kind === "const").map(({ name }) => name));
    const early = module.locals.filter(({ kind }) => !["let", "const", "class"].includes(kind));
    this.#ready = [...early.map(({ name }) => name), ...module.imports];
  }

  /** CommonJS has no `import.meta`. */
  get isEsm(): boolean {
    return this.module.path.endsWith(".mjs");
  }

  /** The file of another module, without folder. */
  fileOf(target: number): string {
    return this.#setting.files[target] ?? "nowhere.mjs";
  }

  /** One of several ways to write the same module, with quotes. */
  specifierOf(target: number): string {
    const name = this.fileOf(target);
    const leaving = this.#setting.inFolder ? [] : [`/${name}`, `../${name}`];
    const rare = [`././${name}`, ...leaving, `./folder/../${name}`];
    const specifier = this.random.chance(0.6) ? `./${name}` : this.random.pick(rare);
    return this.random.chance(0.8) ? `"${specifier}"` : `'${specifier}'`;
  }

  safe(place: Place): string {
    return this.#setting.grammar.safe(this, place);
  }

  wild(place: Place): string {
    return this.#setting.grammar.wild(this, place);
  }

  /** From here on a binding has been declared. */
  declared(name: string): void {
    this.#ready.push(name);
  }

  /** A string literal that no other place of the program has. */
  label(): string {
    return `"m${this.module.index}.${this.#labels++}"`;
  }

  /** A name that means something where it stands. */
  known(place: Place): string {
    return this.spell(this.#pickKnown(place));
  }

  #pickKnown(place: Place): string {
    const { nested } = place;
    const top =
      this.#ready.length === 0 || this.random.chance(place.runsNow ? this.taste.tooEarly : 0.5)
        ? this.own
        : this.#ready;
    const names = nested.length > 0 && this.random.chance(0.4) ? nested : top;
    return names.length === 0 ? "__fuel" : this.random.pick(names);
  }

  /** A name that may mean nothing. */
  any(place: Place): string {
    const name = this.fresh();
    if (AMBIENT.has(name) || this.random.chance(0.6)) return this.known(place);
    return this.spell(name);
  }

  /**
   * A name that may be assigned: never that of a real global, nor an exported constant, where V8 throws a TypeError even
   * before it is initialized.
   */
  assignable(place: Place): string {
    const name = this.random.chance(0.8) ? this.#pickKnown(place) : this.random.pick(["a", "b", "x", "y"]);
    return this.#constants.has(name) ? "undeclared" : this.spell(name);
  }

  fresh(): string {
    return bindingName(this.random, this.taste);
  }

  /** Different names for bindings of a new scope. */
  freshNames(low: number, high: number): string[] {
    return [...new Set(this.random.several(low, high, () => this.fresh()))];
  }

  spell(name: string): string {
    return written(name, this.random, this.taste.escapes && this.isEsm);
  }

  /** Whitespace or comments where a line may end. */
  gap(): string {
    if (!this.taste.comments || this.random.chance(0.6)) return " ";
    return this.random.pick([
      "\n",
      " /* , ; */ ",
      "/**/ ",
      " // } import x from 'y'\n",
      "\n/*\n*/\n",
      "\t",
      " /* \u2028 */",
      "\u00a0",
      "/*! legal */ ",
      "\r\n",
    ]);
  }

  /** Whitespace or comments where a line may not end. */
  space(): string {
    if (!this.taste.comments || this.random.chance(0.7)) return " ";
    return this.random.pick([" /* c */ ", "/**/", "\t", " /* `${ */", "\u00a0"]);
  }

  one(choices: readonly (readonly [number, () => string])[]): string {
    return this.random.weighted(choices)();
  }
}

/** The expression in parentheses where it may need them. */
export function operand(expression: string): string {
  return /^[\w$]+$/.test(expression) ? expression : `(${expression})`;
}

/** The place inside of a scope that declares `names`. */
export function inside(place: Place, names: readonly string[], change: Partial<Place> = {}): Place {
  return { ...place, depth: place.depth - 1, ...change, nested: [...place.nested, ...names] };
}
