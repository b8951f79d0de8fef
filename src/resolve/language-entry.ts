import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { EntryRules } from "./entry-rules.ts";
import { type PackageTarget, type PackageView, resolvePackageEntry } from "./package-entry.ts";
import { resolveExports } from "./package-exports.ts";
import { normalize } from "./package-path.ts";

/** A source language whose packages name their entry points in a field of package.json of their own. */
export interface LanguageRules {
  /** `raya`, `lumina`, any name: a path, or a map of the form that `exports` has. */
  readonly field: string;
  /** Endings of the language's files, with the dot. */
  readonly extensions: readonly string[];
  /** Whether packages without the field are refused. Otherwise they are resolved as npm packages are. */
  readonly strict: boolean;
}

/**
 * The file that `subpath` (`.` or `./x`) of a package means to a language (seed items L19 to L22, L27, L28, L31, L50).
 * @throws LoaderError PKG-002 for a package without the field, or files of the language that only `exports` leads to;
 * PKG-003 for an entry that the field does not have, that is not there, or not of the language; and for other packages what
 * resolvePackageEntry throws
 */
export function resolveLanguageEntry(
  view: PackageView,
  subpath: string,
  rules: EntryRules,
  language: LanguageRules,
  details: ErrorDetails,
): PackageTarget {
  const entries = view.manifests[""]?.[language.field];
  if (entries !== undefined && entries !== null) return fieldEntry(view, entries, subpath, rules, language, details);
  if (language.strict) throw missingField(view, language, details);
  const target = resolvePackageEntry(view, subpath, rules, details);
  if (target.kind === "file" && isOfLanguage(target.path, language)) throw missingField(view, language, details);
  return target;
}

function fieldEntry(
  view: PackageView,
  entries: unknown,
  subpath: string,
  { conditions }: EntryRules,
  language: LanguageRules,
  details: ErrorDetails,
): PackageTarget {
  let path: string;
  try {
    path = normalize(resolveExports(entries, subpath, { package: view.key, conditions, details }));
  } catch (error) {
    if (!(error instanceof LoaderError)) throw error;
    throw invalidEntry(view, subpath, language, `does not lead to a file for it: ${error.message}`, details, error);
  }
  if (!view.hasFile(path)) throw invalidEntry(view, subpath, language, `names "${path}", which is not there`, details);
  if (isOfLanguage(path, language)) return { kind: "file", path };
  const endings = language.extensions.join(", ");
  throw invalidEntry(view, subpath, language, `names "${path}", which does not end in ${endings}`, details);
}

function isOfLanguage(path: string, { extensions }: LanguageRules): boolean {
  return extensions.some((extension) => path.endsWith(extension));
}

/** PKG-001 */
export function packageNotFound(name: string, details: ErrorDetails): LoaderError {
  return new LoaderError("PKG-001", `"${name}" is neither in the workspace nor in node_modules`, {
    ...details,
    package: name,
    nodeCode: "ERR_MODULE_NOT_FOUND",
  });
}

function missingField(view: PackageView, { field }: LanguageRules, details: ErrorDetails): LoaderError {
  return new LoaderError("PKG-002", `The package.json of "${view.key}" has no "${field}" field`, {
    ...details,
    package: view.key,
    hint: `"${field}": "./src/main" names the entry; a map of the form of "exports" names several`,
  });
}

function invalidEntry(
  view: PackageView,
  subpath: string,
  { field }: LanguageRules,
  why: string,
  details: ErrorDetails,
  cause?: LoaderError,
): LoaderError {
  const message = `The "${field}" field of "${view.key}", asked for "${subpath}", ${why}`;
  return new LoaderError(
    "PKG-003",
    message,
    { ...details, package: view.key, ...(cause !== undefined && { nodeCode: cause.code }) },
    cause,
  );
}
