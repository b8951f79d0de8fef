import type { Random } from "../random.ts";

/** Names that every module draws from, so that modules collide with each other, and with scopes inside of them. */
const COMMON = ["a", "b", "c", "d", "x", "y", "f", "g"];
/** Names that linkers like to make. */
const MADE = [
  "a$1",
  "b$1",
  "a$2",
  "$",
  "_",
  "m1",
  "m1_default",
  "m1$1",
  "ns",
  "_default",
  "default_1",
  "_m1",
  "x$",
  "ns$1",
];
/** Names that mean something elsewhere. */
const GLOBALS = [
  "Map",
  "Object",
  "Promise",
  "Symbol",
  "Reflect",
  "Proxy",
  "Error",
  "Array",
  "String",
  "Math",
  "JSON",
  "Function",
  "TypeError",
  "URL",
  "WeakMap",
];
/** Names that are words of the language in other places, or globals of other module systems. */
const ODD = [
  "async",
  "of",
  "get",
  "set",
  "from",
  "as",
  "type",
  "meta",
  "target",
  "undefined",
  "NaN",
  "require",
  "module",
  "exports",
  "__filename",
  "__proto__",
  "constructor",
  "toString",
  "name",
  "length",
  "prototype",
  "hasOwnProperty",
  "self",
  "ünï",
  "ℵ",
  "__name",
  "__export",
  "accessor",
  "using",
  "defer",
  "source",
];
/** Names that are known to make a difference. */
const KNOWN = ["process", "global", "globalThis", "__raya"];
/** Export names that are no identifiers, and others that only an export can have. */
const ONLY_EXPORTED = [
  "a b",
  "1",
  "10",
  "2",
  "-1",
  "🐱",
  "x.y",
  '"',
  "\\",
  "if",
  "class",
  "default",
  "this",
  "await",
  "import",
  "constructor",
  "__esModule",
  "valueOf",
];

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const RESERVED = new Set(
  "break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static implements interface package private protected public await eval arguments".split(
    " ",
  ),
);

/** Whether a binding can have the name. */
export function isBindable(name: string): boolean {
  return IDENTIFIER.test(name) && !RESERVED.has(name);
}

/** How a name is written in an import or export clause. */
export function clauseName(name: string): string {
  return IDENTIFIER.test(name) ? name : JSON.stringify(name);
}

/** How odd the names of one program are. */
export interface NameTaste {
  readonly made: number;
  readonly globals: number;
  readonly odd: number;
  /** With what is known to differ. */
  readonly known: boolean;
}

/** A name that a binding can have. */
export function bindingName(random: Random, taste: NameTaste): string {
  return random.pick(
    random.weighted([
      [6, COMMON],
      [taste.made, MADE],
      [taste.globals, GLOBALS],
      [taste.odd, ODD],
      [taste.known ? 1 : 0, KNOWN],
    ]),
  );
}

/** A name that an export can have. */
export function exportName(random: Random, taste: NameTaste, strings: boolean): string {
  if (taste.known && random.chance(0.02)) return "*";
  return strings && random.chance(0.3) ? random.pick(ONLY_EXPORTED) : bindingName(random, taste);
}

/** The identifier, now and then with its first letter escaped. */
export function written(name: string, random: Random, escapes: boolean): string {
  // The parser stumbles over contextual words that are written so.
  if (!escapes || !random.chance(0.1) || ["get", "set", "async", "of"].includes(name)) return name;
  const [first = ""] = name;
  return `\\u{${first.codePointAt(0)?.toString(16)}}${name.slice(first.length)}`;
}
