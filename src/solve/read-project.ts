import { LoaderError } from "../errors.ts";
import { lookup } from "../lock/lock.ts";
import { matchesGlob } from "./match-glob.ts";
import type { OverrideRules } from "./override-set.ts";
import type { Catalog, ProjectManifest, ProjectManifests } from "./project-manifest.ts";

/** A project, made ready for solving. */
export interface Project {
  readonly root: ProjectManifest;
  /** By path, the root under `""`; catalogs and resolutions are applied. */
  readonly manifests: ProjectManifests;
  /** Name → path. */
  readonly workspaces: ReadonlyMap<string, string>;
  readonly overrides: OverrideRules;
}

/**
 * Finds a project's workspaces and puts the ranges of catalogs and resolutions in place.
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG for a project without a root and for two workspaces of one name
 */
export function readProject(manifests: ProjectManifests, catalogs: Readonly<Record<string, Catalog>> = {}): Project {
  const given = manifests.get("");
  if (given === undefined)
    throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", "The project has no package.json at its root");
  const known = { ...catalogsOf(given), ...catalogs };
  const flat = flatResolutions(given);
  const ready = new Map([...manifests].map(([path, manifest]) => [path, fillIn(manifest, known, flat)]));
  const root = ready.get("") ?? given;
  const overrides = { ...toOverrides(given.resolutions ?? {}), ...fillRules(root.overrides ?? {}, known) };
  return { root, manifests: ready, workspaces: findWorkspaces(root, ready), overrides };
}

function findWorkspaces({ workspaces = [] }: ProjectManifest, manifests: ProjectManifests): Map<string, string> {
  const patterns = "packages" in workspaces ? (workspaces.packages ?? []) : Array.isArray(workspaces) ? workspaces : [];
  const found = new Map<string, string>();
  for (const path of [...manifests.keys()].toSorted()) {
    if (path === "" || !isWorkspace(path, patterns)) continue;
    const name = manifests.get(path)?.name ?? path.slice(path.lastIndexOf("/") + 1);
    const other = found.get(name);
    if (other !== undefined) {
      const message = `The workspaces ${other} and ${path} are both called "${name}"`;
      throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", message, { file: `${path}/package.json`, package: name });
    }
    found.set(name, path);
  }
  return found;
}

/** The last pattern that matches decides; `!` takes out. */
function isWorkspace(path: string, patterns: readonly string[]): boolean {
  return patterns.reduce((included, pattern) => {
    const negated = pattern.startsWith("!");
    const glob = (negated ? pattern.slice(1) : pattern).replace(/^\.?\//, "").replace(/\/+$/, "");
    return matchesGlob(path, glob) ? !negated : included;
  }, false);
}

function catalogsOf(root: ProjectManifest): Record<string, Catalog> {
  const { workspaces } = root;
  const nested = workspaces !== undefined && !Array.isArray(workspaces) && "packages" in workspaces ? workspaces : {};
  const unnamed = { ...nested.catalog, ...root.catalog };
  return { default: unnamed, ...nested.catalogs, ...root.catalogs };
}

function fillIn(
  manifest: ProjectManifest,
  catalogs: Readonly<Record<string, Catalog>>,
  flat: Catalog,
): ProjectManifest {
  const fill = (ranges: Catalog): Catalog =>
    Object.fromEntries(
      Object.entries(ranges).map(([name, text]) => [name, lookup(flat, name) ?? fromCatalog(name, text, catalogs)]),
    );
  const filled: Partial<Record<DependencyKind, Catalog>> = {};
  for (const kind of KINDS) {
    const ranges = manifest[kind];
    if (ranges !== undefined) filled[kind] = fill(textsOf(ranges));
  }
  return { ...manifest, ...filled };
}

const KINDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;
type DependencyKind = (typeof KINDS)[number];

function textsOf(ranges: Catalog): Catalog {
  return Object.fromEntries(Object.entries(ranges).filter(([, text]) => typeof text === "string"));
}

/** The range that `catalog:` or `catalog:name` stands for. What no catalog has stays as it is, and is refused where it is used. */
export function fromCatalog(name: string, text: string, catalogs: Readonly<Record<string, Catalog>>): string {
  if (!text.startsWith("catalog:")) return text;
  const catalog = lookup(catalogs, text.slice(8).trim() || "default");
  return (catalog && lookup(catalog, name)) ?? text;
}

function fillRules(rules: OverrideRules, catalogs: Readonly<Record<string, Catalog>>): OverrideRules {
  return Object.fromEntries(
    Object.entries(rules).map(([key, rule]) => {
      const name = key.slice(0, key.indexOf("@", 1) === -1 ? key.length : key.indexOf("@", 1));
      return [key, typeof rule === "string" ? fromCatalog(name, rule, catalogs) : fillRules(rule, catalogs)];
    }),
  );
}

/** Resolutions that hold everywhere hold for what the project itself asks for too; npm's overrides do not. */
function flatResolutions({ resolutions = {} }: ProjectManifest): Catalog {
  return Object.fromEntries(
    Object.entries(resolutions).flatMap(([pattern, text]) => {
      const [name, ...others] = patternSteps(pattern);
      return name === undefined || others.length > 0 || name.indexOf("@", 1) !== -1 ? [] : [[name, text]];
    }),
  );
}

function toOverrides(resolutions: Readonly<Record<string, string>>): OverrideRules {
  let rules: OverrideRules = {};
  for (const [pattern, text] of Object.entries(resolutions)) rules = addRule(rules, patternSteps(pattern), text);
  return rules;
}

function addRule(rules: OverrideRules, [step = "", ...deeper]: readonly string[], text: string): OverrideRules {
  const present = lookup(rules, step);
  const nested = typeof present === "string" ? { ".": present } : (present ?? {});
  return { ...rules, [step]: deeper.length === 0 ? { ...nested, ".": text } : addRule(nested, deeper, text) };
}

/** `a/b@npm:^1` → `a`, `b@^1`. */
function patternSteps(pattern: string): string[] {
  const steps: string[] = [];
  for (const part of pattern.replaceAll("npm:", "").split("/")) {
    const last = steps.at(-1);
    if (part === "**" || part === "") continue;
    if (last?.startsWith("@") === true && !last.includes("/")) steps[steps.length - 1] = `${last}/${part}`;
    else steps.push(part);
  }
  return steps;
}
