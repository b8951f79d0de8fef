import { LoaderError } from "../errors.ts";
import { parseToml } from "../fetch/parse-toml.ts";
import type { Catalog, ProjectManifest } from "../solve/project-manifest.ts";

/** What `raya.toml` has that package.json has no word for. */
export interface ResolutionSettings {
  /** `[resolution] conflict-strategy` (R80). */
  readonly conflicts?: "relaxed" | "strict";
}

export interface RayaManifest {
  readonly manifest: ProjectManifest;
  readonly settings: ResolutionSettings;
}

type Table = Readonly<Record<string, unknown>>;

/** The tables of dependencies, and the fields of package.json that they are the same as. */
export const RAYA_TABLES = {
  dependencies: "dependencies",
  devDependencies: "dev-dependencies",
  optionalDependencies: "optional-dependencies",
  peerDependencies: "peer-dependencies",
} as const;

/**
 * Reads a `raya.toml` (R29, R31 to R33, R73, R80, R81): what it says in the words of package.json. An override holds for
 * the project's own dependencies too, as the seed has it, and is a resolution.
 * @param file path, for errors
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG with the line
 */
export function readRayaManifest(text: string, file: string): RayaManifest {
  const root = parseToml(text, (reason, line) => invalidManifest(file, reason, line));
  const invalid = (reason: string): LoaderError => invalidManifest(file, reason);
  const table = (owner: Table, name: string): Table => asTable(owner[name], `[${name}]`, invalid);
  const identity = table(root, "package");
  const resolution = table(root, "resolution");
  const fields: Record<string, unknown> = {};
  for (const name of ["name", "version"] as const) {
    const value = identity[name];
    if (value === undefined) continue;
    if (typeof value !== "string") throw invalid(`"${name}" of [package] is not a text`);
    fields[name] = value;
  }
  for (const [field, name] of Object.entries(RAYA_TABLES)) {
    if (root[name] !== undefined) fields[field] = readDependencies(table(root, name), invalid);
  }
  const overrides = readOverrides(table(resolution, "override"), invalid);
  if (Object.keys(overrides).length > 0) fields["resolutions"] = overrides;
  const { members } = table(root, "workspace");
  if (members !== undefined) fields["workspaces"] = textList(members, "members of [workspace]", invalid);
  Object.assign(fields, readCatalogs(root, invalid), readNative(table(root, "native"), invalid));
  return { manifest: fields, settings: readSettings(resolution, invalid) };
}

/** For `package.json` and `raya.toml` alike. */
export function invalidManifest(file: string, reason: string, line?: number, cause?: unknown): LoaderError {
  const place = line === undefined ? "" : ` (line ${line})`;
  const details = { file, ...(line !== undefined && { line }) };
  return new LoaderError("ERR_INVALID_PACKAGE_CONFIG", `${file} cannot be used: ${reason}${place}`, details, cause);
}

type Invalid = (reason: string) => LoaderError;

function readDependencies(table: Table, invalid: Invalid): Catalog {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, dependencyText(name, value, invalid)]));
}

/** `"^1"`; `{ version, package }`, `{ path }`, `{ url }`, `{ git, tag }`, `{ workspace = true }`. */
function dependencyText(name: string, value: unknown, invalid: Invalid): string {
  if (typeof value === "string") return value;
  const fields = asTable(value, `"${name}"`, invalid);
  const text = (field: string): string | undefined => {
    const found = fields[field];
    if (found === undefined || typeof found === "string") return found;
    throw invalid(`"${field}" of "${name}" is not a text`);
  };
  const [path, url, git, version, real] = [text("path"), text("url"), text("git"), text("version"), text("package")];
  if (path !== undefined) return `file:${path}`;
  if (url !== undefined) return url;
  if (git !== undefined) {
    const ref = text("rev") ?? text("tag") ?? text("branch");
    return ref === undefined ? git : `${git}#${ref}`;
  }
  if (fields["workspace"] === true) return `workspace:${version ?? "*"}`;
  if (real !== undefined) return `npm:${real}@${version ?? "*"}`;
  if (version !== undefined) return version;
  throw invalid(`"${name}" has neither a version nor a path, url, git or workspace`);
}

/** `http = "1.5.3"`, and `"app>http"` for below `app` alone. */
function readOverrides(table: Table, invalid: Invalid): Catalog {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => {
      if (typeof value !== "string") throw invalid(`the override of "${name}" is not a text`);
      return [name.split(/\s*>\s*/).join("/"), value];
    }),
  );
}

function readCatalogs(root: Table, invalid: Invalid): Pick<ProjectManifest, "catalog" | "catalogs"> {
  const catalog = readDependencies(asTable(root["catalog"], "[catalog]", invalid), invalid);
  const catalogs = Object.entries(asTable(root["catalogs"], "[catalogs]", invalid)).map(
    ([name, ranges]): [string, Catalog] => [
      name,
      readDependencies(asTable(ranges, `[catalogs.${name}]`, invalid), invalid),
    ],
  );
  return {
    ...(Object.keys(catalog).length > 0 && { catalog }),
    ...(catalogs.length > 0 && { catalogs: Object.fromEntries(catalogs) }),
  };
}

/** `crypto = "native:crypto"` (R33). */
function readNative(table: Table, invalid: Invalid): Pick<ProjectManifest, "native"> {
  const names = Object.entries(table).map(([name, value]) => {
    const [, module] = (typeof value === "string" && /^native:(.+)$/.exec(value)) || [];
    if (module === undefined) throw invalid(`"${name}" of [native] is not "native:" and the name of a module`);
    return [name, module] as const;
  });
  return names.length === 0 ? {} : { native: Object.fromEntries(names) };
}

function readSettings(resolution: Table, invalid: Invalid): ResolutionSettings {
  const conflicts = resolution["conflict-strategy"];
  if (conflicts === undefined) return {};
  if (conflicts === "strict" || conflicts === "relaxed") return { conflicts };
  throw invalid(`conflict-strategy is "strict" or "relaxed", not ${JSON.stringify(conflicts)}`);
}

function textList(value: unknown, what: string, invalid: Invalid): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw invalid(`${what} is not a list of texts`);
}

function asTable(value: unknown, what: string, invalid: Invalid): Table {
  if (value === undefined) return {};
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)) {
    return value as Table;
  }
  throw invalid(`${what} is not a table`);
}
