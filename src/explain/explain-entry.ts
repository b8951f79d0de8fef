import { type ErrorDetails, isLoaderError } from "../errors.ts";
import { browserMapOf } from "../resolve/browser-field.ts";
import type { EntryRules } from "../resolve/entry-rules.ts";
import { type PackageTarget, type PackageView, resolvePackageEntry } from "../resolve/package-entry.ts";
import { hasExports } from "../resolve/package-exports.ts";
import { folderOf, joinPath, normalize } from "../resolve/package-path.ts";
import { explainExports } from "./explain-exports.ts";
import type { ExplainStep } from "./explain-request.ts";

/** The steps from a package to the file that a subpath of it means; none where nothing decides, which is an error. */
export function explainEntry(
  view: PackageView,
  subpath: string,
  rules: EntryRules,
  details: ErrorDetails,
): ExplainStep[] {
  try {
    const { exports } = view.manifests[""] ?? {};
    return hasExports(exports)
      ? throughExports(view, exports, subpath, rules, details)
      : throughFields(view, subpath, rules, details);
  } catch (error) {
    if (isLoaderError(error)) return [];
    throw error;
  }
}

function throughExports(
  view: PackageView,
  exports: unknown,
  subpath: string,
  rules: EntryRules,
  details: ErrorDetails,
): ExplainStep[] {
  const context = { package: view.key, conditions: rules.conditions, mapsFolders: rules.mapsFolders, details };
  const { entry, skipped, target, path } = explainExports(exports, subpath, context);
  const passed = skipped.length === 0 ? "" : `; ${skipped.map((name) => `"${name}"`).join(", ")} not in force`;
  const because = `its "exports" has ${JSON.stringify(target)} for "${subpath}"${passed}`;
  const step: ExplainStep = { rule: "exports", because, ...placed(view, entry), gives: shown(view, normalize(path)) };
  return [step, ...remapped(view, normalize(path), resolvePackageEntry(view, subpath, rules, details))];
}

/** Without `exports`: the first field that leads to a file, or a path. */
function throughFields(view: PackageView, subpath: string, rules: EntryRules, details: ErrorDetails): ExplainStep[] {
  const target = resolvePackageEntry(view, subpath, rules, details);
  const only = (field?: string): string | undefined => pathOf(onlyField(view, field, rules), subpath, rules, details);
  const { "": manifest = {} } = view.manifests;
  for (const field of subpath === "." ? rules.fields : []) {
    const value = manifest[field];
    const path = typeof value === "string" && value !== "" ? only(field) : undefined;
    // A field that names nothing is passed over; the index is found instead.
    if (path === undefined || !leadsTo(normalize(String(value)), path)) continue;
    const because = `it has no "exports"; "${field}" is the first of ${rules.fields.join(", ")} that leads to a file`;
    return [
      { rule: "field", because, ...placed(view, field), gives: shown(view, path) },
      ...remapped(view, path, target),
    ];
  }
  const path = only();
  if (path === undefined) return remapped(view, "", target);
  const because =
    subpath === "." ? "no field names an entry: it is the index" : `it has no "exports": "${subpath}" is a path in it`;
  return [{ rule: "probe", because, gives: shown(view, path) }, ...remapped(view, path, target)];
}

function leadsTo(value: string, path: string): boolean {
  return value === "" || path === value || path.startsWith(`${value}.`) || path.startsWith(`${value}/`);
}

/** The package with one of the fields that can name its entry, or none. */
function onlyField(view: PackageView, field: string | undefined, { fields }: EntryRules): PackageView {
  const { "": manifest = {} } = view.manifests;
  const kept = Object.entries(manifest).filter(([name]) => name === field || !fields.includes(name));
  return { ...view, manifests: { ...view.manifests, "": Object.fromEntries(kept) } };
}

function pathOf(view: PackageView, subpath: string, rules: EntryRules, details: ErrorDetails): string | undefined {
  try {
    const target = resolvePackageEntry(view, subpath, rules, details);
    return target.kind === "file" ? target.path : undefined;
  } catch (error) {
    if (isLoaderError(error)) return undefined;
    throw error;
  }
}

/** The step that the map of a `browser` field makes of a path, if it makes one. */
function remapped(view: PackageView, path: string, target: PackageTarget): ExplainStep[] {
  if (target.kind === "file" && target.path === path) return [];
  const gives =
    target.kind === "file" ? shown(view, target.path) : target.kind === "empty" ? "empty" : target.specifier;
  const folder = browserMapOf(view.manifests, folderOf(path))?.folder ?? "";
  const because = `its "browser" map has ${target.kind === "empty" ? "nothing" : "something else"} in the place of "${path}"`;
  return [{ rule: "browser", because, ...placed(view, "browser", folder), gives }];
}

function placed({ key }: PackageView, entry: string, folder = ""): Pick<ExplainStep, "source" | "entry"> {
  return { source: `${key}/${joinPath(folder, "package.json")}`, entry };
}

function shown({ key }: PackageView, path: string): string {
  return `${key}/${path}`;
}
