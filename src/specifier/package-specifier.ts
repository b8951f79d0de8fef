import validRange from "semver/ranges/valid.js";
import type { ErrorDetails } from "../errors.ts";
import { type SpecifierText, skip, specifierError, textOf } from "./specifier-error.ts";

/** `name[@range][/subpath]`, parsed. */
export interface PackageSpecifier {
  readonly name: string;
  /** Semver range or dist-tag; `*` where none was written. */
  readonly range: string;
  /** `.` for the package itself, else `./path`. */
  readonly subpath: string;
}

const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;
/** Most ranges are written like that. */
const PLAIN_RANGE = /^[~^]?\d{1,9}(?:\.\d{1,9}){0,2}$/;
const TAG = /^[a-z][\w.-]*$/i;
const MAX_NAME = 214;
const RESERVED = new Set(["node_modules", "favicon.ico"]);

/** Whether the registry could have a package of that name (npm's rules; capitals are allowed, as old packages have them). */
export function isPackageName(name: string): boolean {
  return name.length <= MAX_NAME && NAME.test(name) && !RESERVED.has(name.toLowerCase());
}

/** Whether `text` is a semver range or could be a dist-tag. */
function isRangeOrTag(text: string): boolean {
  return TAG.test(text) || PLAIN_RANGE.test(text) || validRange(text, { loose: true }) !== null;
}

/**
 * Parses `name@range/subpath` (seed items R10 to R12), with or without `npm:` in front.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE; `details.start` and `details.end` are the bad part's offsets
 */
export function parsePackageSpecifier(text: string, details: ErrorDetails): PackageSpecifier {
  return readPackageSpecifier({ whole: text, start: text.startsWith("npm:") ? "npm:".length : 0, details });
}

/** The same for a part of a text. */
export function readPackageSpecifier(text: SpecifierText): PackageSpecifier {
  const body = textOf(text);
  const { name, rest } = readPackageName(text);
  const slash = rest.indexOf("/");
  const rangePart = slash === -1 ? rest : rest.slice(0, slash);
  const subpath = slash === -1 ? "." : `.${rest.slice(slash)}`;
  const wanted = { name, subpath: subpath === "./" ? "." : subpath };
  if (rangePart === "") return { ...wanted, range: "*" };
  const range = rangePart.slice(1).trim();
  if (range !== "" && isRangeOrTag(range)) return { ...wanted, range };
  const message = range === "" ? `"${body}" has nothing after the @` : `"${range}" is not a semver range or a tag`;
  const details = { ...text.details, package: name };
  throw specifierError(
    "ERR_INVALID_RANGE",
    message,
    { ...text, details },
    { from: name.length, length: rangePart.length },
  );
}

/**
 * The name that a text begins with, and what follows it.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME
 */
export function readPackageName(text: SpecifierText): { readonly name: string; readonly rest: string } {
  const body = textOf(text);
  const end = endOfName(body);
  const name = body.slice(0, end);
  if (isPackageName(name)) return { name, rest: body.slice(end) };
  throw specifierError("ERR_INVALID_PACKAGE_NAME", `"${name || text.whole}" is not a package name`, text, {
    length: Math.max(end, Math.min(1, body.length)),
    hint: "a package is imported by its npm name, a file of the project by a path that starts with ./",
  });
}

/** Where the name ends: at the @ of the range or the / of the subpath, past a scope's own / */
function endOfName(body: string): number {
  const from = body.startsWith("@") ? body.indexOf("/") + 1 : 0;
  if (body.startsWith("@") && from === 0) return body.length;
  for (let index = from; index < body.length; index++) {
    if (body[index] === "@" || body[index] === "/") return index;
  }
  return body.length;
}

/** Where a version, a range or a tag was written after the name: what follows the `@`. */
export function afterName(text: SpecifierText, name: string): SpecifierText {
  return skip(text, name.length + 1);
}
