import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { Specifier } from "../specifier/parse-specifier.ts";

/** Specifiers of other kinds are understood, so that errors can say what they are. */
export function unsupportedSource(kind: Specifier["kind"], details: ErrorDetails): LoaderError {
  const specifier = details.specifier ?? "";
  if (kind === "file") {
    const hint = "a file of the project is imported by a path that starts with ./ or /";
    const message = `"file:" URLs cannot be imported: "${specifier}"`;
    return new LoaderError("ERR_UNSUPPORTED_ESM_URL_SCHEME", message, { ...details, hint });
  }
  const what = UNSUPPORTED[kind] ?? kind;
  return new LoaderError("ERR_SOURCE_UNSUPPORTED", `"${specifier}" is ${what}, which cannot be loaded`, details);
}

const UNSUPPORTED: Partial<Record<Specifier["kind"], string>> = {
  workspace: "a package of a workspace",
  git: "a git repository",
  dependency: "a package from elsewhere than the registry",
};
