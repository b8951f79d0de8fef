import { type ErrorDetails, LoaderError } from "../errors.ts";
import { isBuiltinModule } from "./builtin-modules.ts";
import { type PackageSpecifier, parsePackageSpecifier } from "./package-specifier.ts";

/** What an import says, by kind. */
export type Specifier =
  /** `./x`, `../x`, `/x`: against the referrer. */
  | { readonly kind: "relative"; readonly path: string }
  /** `https://…`, `http://…`, `data:…`. */
  | { readonly kind: "url"; readonly url: string }
  /** `#name`: the imports of the referrer's own package.json. */
  | { readonly kind: "imports"; readonly name: string }
  /** `node:fs`; also `fs`, unless a package of that name is meant. `explicit` tells the two apart. */
  | { readonly kind: "builtin"; readonly name: string; readonly explicit: boolean }
  | { readonly kind: "package"; readonly package: PackageSpecifier };

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/**
 * Parses the text of an import. `details` names the referrer for errors.
 * @throws LoaderError ERR_INVALID_MODULE_SPECIFIER, ERR_UNSUPPORTED_ESM_URL_SCHEME, ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function parseSpecifier(text: string, details: ErrorDetails): Specifier {
  if (text === "") {
    throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", "An import needs a specifier, this one is empty", details);
  }
  if (/^\.{0,2}\//.test(text) || text === "." || text === "..") return { kind: "relative", path: text };
  if (text.startsWith("#")) return { kind: "imports", name: text };
  if (text.startsWith("node:")) return { kind: "builtin", name: text.slice(5), explicit: true };
  if (!text.startsWith("npm:") && SCHEME.test(text)) return parseUrlSpecifier(text, details);
  if (isBuiltinModule(text)) return { kind: "builtin", name: text, explicit: false };
  return { kind: "package", package: parsePackageSpecifier(text, details) };
}

function parseUrlSpecifier(text: string, details: ErrorDetails): Specifier {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", `"${text}" is not a URL`, { ...details, specifier: text });
  }
  if (url.protocol !== "https:" && url.protocol !== "http:" && url.protocol !== "data:") {
    throw new LoaderError("ERR_UNSUPPORTED_ESM_URL_SCHEME", `"${url.protocol}" URLs cannot be imported: "${text}"`, {
      ...details,
      specifier: text,
      hint: "https:, http: and data: URLs can",
    });
  }
  return { kind: "url", url: url.href };
}
