import validRange from "semver/ranges/valid.js";
import { type ErrorDetails, LoaderError } from "../errors.ts";

/** `name[@range][/subpath]`, parsed. */
export interface PackageSpecifier {
  readonly name: string;
  /** Semver range or dist-tag; `*` where none was written. */
  readonly range: string;
  /** `.` for the package itself, else `./path`. */
  readonly subpath: string;
}

const NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;
const TAG = /^[a-z][\w.-]*$/i;
const MAX_NAME = 214;
const RESERVED = new Set(["node_modules", "favicon.ico"]);

/** Whether the registry could have a package of that name (npm's rules; capitals are allowed, as old packages have them). */
export function isPackageName(name: string): boolean {
  return name.length <= MAX_NAME && NAME.test(name) && !RESERVED.has(name.toLowerCase());
}

/** Whether `text` is a semver range or could be a dist-tag. */
export function isRangeOrTag(text: string): boolean {
  return validRange(text, { loose: true }) !== null || TAG.test(text);
}

/**
 * Parses `name@range/subpath` (seed items R10 to R12).
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function parsePackageSpecifier(text: string, details: ErrorDetails): PackageSpecifier {
  const body = text.startsWith("npm:") ? text.slice(4) : text;
  const nameEnd = endOfName(body);
  const name = body.slice(0, nameEnd);
  if (!isPackageName(name)) {
    throw new LoaderError("ERR_INVALID_PACKAGE_NAME", `"${name || text}" is not a package name`, {
      ...details,
      specifier: text,
      hint: "a package is imported by its npm name, a file of the project by a path that starts with ./",
    });
  }
  const rest = body.slice(nameEnd);
  const slash = rest.indexOf("/");
  const rangePart = slash === -1 ? rest : rest.slice(0, slash);
  const subpath = slash === -1 ? "." : `.${rest.slice(slash)}`;
  if (rangePart === "") return { name, range: "*", subpath };
  const range = rangePart.slice(1).trim();
  if (range === "" || !isRangeOrTag(range)) {
    const message = range === "" ? `"${text}" has nothing after the @` : `"${range}" is not a semver range or a tag`;
    throw new LoaderError("ERR_INVALID_RANGE", message, { ...details, specifier: text, package: name });
  }
  return { name, range, subpath: subpath === "./" ? "." : subpath };
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
