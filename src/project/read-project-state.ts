import { EMPTY_LOCK, type Lock, toRecord } from "../lock/lock.ts";
import { readLock } from "../lock/read-lock.ts";
import type { ProjectManifest, ProjectManifests } from "../solve/project-manifest.ts";
import type { ProjectFiles } from "./project-files.ts";
import { invalidManifest, readRayaManifest, type ResolutionSettings } from "./read-raya-manifest.ts";

export const LOCK_FILE = "raya.lock";
export const MANIFEST_FILES = ["package.json", "raya.toml"] as const;

/** A project as it was at one moment. */
export interface ProjectState {
  /** Text of the manifests and the lock by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** Version of everything that was read, `undefined` for files that are not there: what a write is checked against. */
  readonly versions: ReadonlyMap<string, string | undefined>;
  readonly lock: Lock | undefined;
}

/** A project's manifests in the words of package.json, by folder; the root's is under `""`. */
export interface ReadManifests {
  readonly manifests: ProjectManifests;
  readonly settings: ResolutionSettings;
}

/** @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION, and what the files throw */
export async function readProjectState(files: ProjectFiles): Promise<ProjectState> {
  const listed = (await files.list()).filter(isManifestPath);
  const paths = [...new Set([...MANIFEST_FILES, LOCK_FILE, ...listed])];
  const read = await Promise.all(paths.map(async (path) => [path, await files.read(path)] as const));
  const texts = new Map(read.flatMap(([path, file]) => (file === undefined ? [] : [[path, file.text] as const])));
  const versions = new Map(read.map(([path, file]) => [path, file?.version]));
  const lockText = texts.get(LOCK_FILE);
  const hasLock = lockText !== undefined && lockText.trim() !== "";
  return { texts, versions, lock: hasLock ? readLock(lockText) : undefined };
}

/**
 * The manifests among some texts. In a folder with both, raya.toml is laid over package.json.
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG with file and line
 */
export function readManifests(texts: ReadonlyMap<string, string>): ReadManifests {
  const manifests = new Map<string, ProjectManifest>();
  let settings: ResolutionSettings = {};
  for (const [path, text] of [...texts].toSorted(([a], [b]) => Number(a > b) - Number(a < b))) {
    const [folder, file] = splitPath(path);
    if (file === "package.json") manifests.set(folder, parsePackageJson(text, path));
    if (file !== "raya.toml") continue;
    const raya = readRayaManifest(text, path);
    manifests.set(folder, overlay(manifests.get(folder) ?? {}, raya.manifest));
    if (folder === "") settings = raya.settings;
  }
  return { manifests, settings };
}

/** What a lock keeps of the root's manifest beside what is asked for. */
export function rootRules(manifests: ProjectManifests): Pick<Lock, "overrides" | "catalogs"> {
  const root = manifests.get("") ?? {};
  const { workspaces } = root;
  const nested = workspaces !== undefined && "packages" in workspaces ? workspaces : {};
  const unnamed = { ...nested.catalog, ...root.catalog };
  const named = { ...nested.catalogs, ...root.catalogs };
  const catalogs = { ...(Object.keys(unnamed).length > 0 && { default: unnamed }), ...named };
  const resolutions = Object.entries(root.resolutions ?? {}).map(([pattern, text]) => [resolutionChain(pattern), text]);
  const overrides = toRecord([...flattenRules(root.overrides ?? {}), ...(resolutions as [string, string][])]);
  return { overrides, catalogs: Object.keys(catalogs).length === 0 ? EMPTY_LOCK.catalogs : catalogs };
}

/** `a/@org/b` → `a>@org/b`. */
function resolutionChain(pattern: string): string {
  return pattern.replaceAll(/(@[^/]+\/)?[^/]+(?:\/|$)/g, (step) => step.replace(/\/$/, ">"));
}

type Rules = NonNullable<ProjectManifest["overrides"]>;

function flattenRules(rules: Rules, chain: readonly string[] = []): [string, string][] {
  return Object.entries(rules).flatMap(([key, rule]): [string, string][] => {
    const at = key === "." ? chain : [...chain, key];
    return typeof rule === "string" ? [[at.join(">"), rule]] : flattenRules(rule, at);
  });
}

function isManifestPath(path: string): boolean {
  const [folder, file] = splitPath(path);
  if (folder.split("/").includes("node_modules")) return false;
  return MANIFEST_FILES.some((name) => name === file);
}

function splitPath(path: string): [folder: string, file: string] {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}

function parsePackageJson(text: string, path: string): ProjectManifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw invalidManifest(path, `it is not JSON: ${message}`, lineOf(text, message), cause);
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw invalidManifest(path, "it is not an object", 1);
}

/** Engines tell the place in words of their own: `position 12`, `line 3`. */
function lineOf(text: string, message: string): number | undefined {
  const line = /line (\d+)/.exec(message)?.[1];
  const position = /position (\d+)/.exec(message)?.[1];
  if (line !== undefined) return Number(line);
  return position === undefined ? undefined : text.slice(0, Number(position)).split("\n").length;
}

/** Dependencies are joined by name, everything else is replaced. */
function overlay(base: ProjectManifest, over: ProjectManifest): ProjectManifest {
  const joined: Record<string, unknown> = { ...base, ...over };
  for (const [field, value] of Object.entries(over)) {
    const under = (base as Readonly<Record<string, unknown>>)[field];
    const isJoined = typeof value === "object" && !Array.isArray(value) && typeof under === "object";
    if (isJoined) joined[field] = { ...under, ...value };
  }
  return joined;
}
