import { LoaderError } from "../errors.ts";
import type { IMPORTER_KINDS } from "../lock/lock.ts";
import { readProject } from "../solve/read-project.ts";
import { removeJsonEntry, setJsonEntry } from "./edit-json.ts";
import { removeTomlEntry, setTomlEntry } from "./edit-toml.ts";
import { MANIFEST_FILES, readManifests } from "./read-project-state.ts";
import { RAYA_TABLES } from "./read-raya-manifest.ts";

export type DependencyKind = (typeof IMPORTER_KINDS)[number];
type Texts = ReadonlyMap<string, string>;

const KINDS = Object.keys(RAYA_TABLES) as DependencyKind[];

export interface DependencyEdit {
  /** Of the manifest; `""` for the root. */
  readonly folder: string;
  readonly kind: DependencyKind;
  readonly name: string;
  /** What the manifest has after the name. */
  readonly range: string;
}

/**
 * Texts with one dependency set: in the file that has it already, else in package.json, else in raya.toml. It leaves the
 * other kinds, save that a peer may be there for development too.
 */
export function setDependency(texts: Texts, { folder, kind, name, range }: DependencyEdit): Map<string, string> {
  const files = manifestsIn(texts, folder);
  const owner = files.find((file) => kindsOf(texts, file, name).length > 0) ?? files[0];
  const edited = new Map(texts);
  for (const file of files) {
    for (const other of kindsOf(texts, file, name)) {
      if (!(other === kind && file === owner) && !mayStay(other, kind)) removeEntry(edited, file, other, name);
    }
  }
  if (owner === undefined) throw noManifest(folder);
  setEntry(edited, owner, kind, name, range);
  return edited;
}

/** @throws LoaderError ERR_DEPENDENCY_NOT_FOUND where no manifest of the folder has it */
export function removeDependency(texts: Texts, folder: string, name: string): Map<string, string> {
  const edited = new Map(texts);
  let isThere = false;
  for (const file of manifestsIn(texts, folder)) {
    for (const kind of kindsOf(texts, file, name)) {
      removeEntry(edited, file, kind, name);
      isThere = true;
    }
  }
  if (isThere) return edited;
  const owner = folder === "" ? "The project" : `"${folder}"`;
  throw new LoaderError("ERR_DEPENDENCY_NOT_FOUND", `${owner} does not depend on "${name}"`, { package: name });
}

/**
 * The folder of the workspace that has this name or path; the root's for none.
 * @throws LoaderError ERR_DEPENDENCY_NOT_FOUND
 */
export function workspaceFolder(texts: Texts, workspace: string | undefined): string {
  if (workspace === undefined || workspace === "." || workspace === "") return "";
  const { workspaces } = readProject(readManifests(texts).manifests);
  const path = workspaces.get(workspace) ?? workspace.replace(/^\.\//, "").replace(/\/$/, "");
  if ([...workspaces.values()].includes(path)) return path;
  const known = [...workspaces.keys()].join(", ") || "none";
  throw new LoaderError("ERR_DEPENDENCY_NOT_FOUND", `The project has no workspace "${workspace}"; it has ${known}`, {
    specifier: workspace,
  });
}

function manifestsIn(texts: Texts, folder: string): string[] {
  return MANIFEST_FILES.map((file) => (folder === "" ? file : `${folder}/${file}`)).filter((path) => texts.has(path));
}

function kindsOf(texts: Texts, file: string, name: string): DependencyKind[] {
  const { manifests } = readManifests(new Map([[file, texts.get(file) ?? ""]]));
  const [manifest = {}] = manifests.values();
  return KINDS.filter((kind) => Object.hasOwn(manifest[kind] ?? {}, name));
}

function mayStay(other: DependencyKind, kind: DependencyKind): boolean {
  const pair = [other, kind];
  return pair.includes("peerDependencies") && pair.includes("devDependencies");
}

function setEntry(texts: Map<string, string>, file: string, kind: DependencyKind, name: string, range: string): void {
  const text = texts.get(file) ?? "";
  const isToml = file.endsWith(".toml");
  texts.set(
    file,
    isToml ? setTomlEntry(text, RAYA_TABLES[kind], name, range, file) : setJsonEntry(text, kind, name, range),
  );
}

function removeEntry(texts: Map<string, string>, file: string, kind: DependencyKind, name: string): void {
  const text = texts.get(file) ?? "";
  const isToml = file.endsWith(".toml");
  texts.set(file, isToml ? removeTomlEntry(text, RAYA_TABLES[kind], name, file) : removeJsonEntry(text, kind, name));
}

function noManifest(folder: string): LoaderError {
  const place = folder === "" ? "The project" : `"${folder}"`;
  return new LoaderError("ERR_INVALID_PACKAGE_CONFIG", `${place} has neither a package.json nor a raya.toml`, {
    hint: "make one with init",
  });
}
