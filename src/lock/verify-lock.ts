import { isLoaderError } from "../errors.ts";
import { parseIntegrity } from "../verify/integrity.ts";
import { IMPORTER_KINDS, type Lock, type LockedPackage, lookup, PACKAGE_KINDS } from "./lock.ts";
import { parseSource, printSource } from "./lock-source.ts";
import { invalidLock } from "./invalid-lock.ts";

/** The parts of a lock, by the names that they have in the file. */
export type LockSection = "importer" | "imports" | "package" | "url" | "builtins" | "patches";

/** Something that a lock says and that cannot be. */
export interface LockProblem {
  readonly section: LockSection;
  /** Path of the importer, id of the package, URL, request or name of the builtin. */
  readonly key: string;
  /** The field and the name in it, from the outside in. */
  readonly fields: readonly string[];
  readonly reason: string;
}

/** Everything that is wrong with a lock; nothing when every edge leads to a package and every hash can be checked. */
export function verifyLock(lock: Lock): LockProblem[] {
  const problems = [...importerProblems(lock), ...importProblems(lock)];
  const ids = Object.keys(lock.packages);
  const known = new Set(ids);
  for (const id of ids) {
    const locked = lock.packages[id];
    if (locked !== undefined) addPackageProblems(problems, lock, known, { id, locked });
  }
  return [...problems, ...urlProblems(lock)];
}

/**
 * For locks that no file was read for.
 * @throws LoaderError ERR_LOCKFILE_INVALID with the first problem; `details.problems` has them all.
 */
export function assertWhole(lock: Lock): void {
  const problems = verifyLock(lock);
  if (problems[0] === undefined) return;
  const more = problems.length === 1 ? "" : `, and ${problems.length - 1} more`;
  const error = invalidLock(`${problems[0].reason}${more}`);
  error.details["problems"] = problems.map(({ reason }) => reason);
  throw error;
}

/** Where the entry of `key` is in the list of its section in the file; the key itself where that is a table. */
export function sectionIndex(lock: Lock, section: LockSection, key: string): number | string {
  if (section === "builtins") return `node:${key}`;
  const lists = { importer: lock.importers, package: lock.packages, url: lock.urls };
  return section === "imports" || section === "patches" ? key : Object.keys(lists[section]).indexOf(key);
}

function importerProblems(lock: Lock): LockProblem[] {
  return Object.entries(lock.importers).flatMap(([path, importer]) =>
    IMPORTER_KINDS.flatMap((kind) =>
      Object.entries(importer[kind]).flatMap(([name, { id, range }]): LockProblem[] => {
        const at = { section: "importer" as const, key: path, fields: [kind, name] };
        const mayMiss = kind === "optionalDependencies" || kind === "peerDependencies";
        if (id === undefined && mayMiss) return [];
        if (id === undefined) return [{ ...at, reason: `"${name}" (${range}) of "${path}" is locked to nothing` }];
        if (Object.hasOwn(lock.packages, id)) return [];
        return [{ ...at, reason: `"${name}" (${range}) of "${path}" is locked to "${id}", which is not in it` }];
      }),
    ),
  );
}

function importProblems(lock: Lock): LockProblem[] {
  const missing = (id: string) => !Object.hasOwn(lock.packages, id);
  return [
    ...Object.entries(lock.imports)
      .filter(([, id]) => missing(id))
      .map(([request, id]): LockProblem => {
        const reason = `"${request}" is locked to "${id}", which is not in it`;
        return { section: "imports", key: request, fields: [], reason };
      }),
    ...Object.entries(lock.builtins)
      .filter(([, builtin]) => missing(builtin.package))
      .map(([name, builtin]): LockProblem => {
        const reason = `"node:${name}" is locked to "${builtin.package}", which is not in it`;
        return { section: "builtins", key: name, fields: [], reason };
      }),
  ];
}

/** Most of the time that checking a lock takes goes here, so nothing is made where nothing is wrong. */
function addPackageProblems(
  problems: LockProblem[],
  lock: Lock,
  ids: ReadonlySet<string>,
  { id, locked }: { readonly id: string; readonly locked: LockedPackage },
): void {
  const add = (fields: readonly string[], reason: string) =>
    problems.push({ section: "package", key: id, fields, reason });
  for (const kind of PACKAGE_KINDS) {
    const edges = locked[kind];
    for (const name in edges) {
      const target = edges[name] ?? "";
      if (!ids.has(target)) add([kind, name], `"${id}" depends on "${target}", which is not in it`);
    }
  }
  const { source, integrity } = locked;
  if (source.kind !== "registry" && parseSource(printSource(source)) === undefined)
    add(["source"], `the source "${printSource(source)}" of "${id}" means nothing`);
  if (source.kind === "workspace" && lookup(lock.importers, source.path) === undefined)
    add(["source"], `"${id}" is the workspace "${source.path}", which is no importer of it`);
  if (integrity !== undefined && !canBeChecked(integrity))
    add(["integrity"], `the integrity "${integrity}" of "${id}" has no hash that can be checked`);
}

function urlProblems(lock: Lock): LockProblem[] {
  return Object.entries(lock.urls).flatMap(([url, { resolved, integrity }]): LockProblem[] => {
    const at = (field: string, reason: string): LockProblem => ({ section: "url", key: url, fields: [field], reason });
    if (!/^https?:$/.test(URL.parse(resolved)?.protocol ?? "")) return [at("resolved", `"${resolved}" is not a URL`)];
    if (canBeChecked(integrity)) return [];
    return [at("integrity", `the integrity "${integrity}" of "${url}" has no hash that can be checked`)];
  });
}

/** SHA-512 in its usual spelling: of that the shape says enough; the parser, which decodes it, is for all else. */
const USUAL = /^sha512-[A-Za-z0-9+/]+==$/;
const USUAL_LENGTH = 95;

function canBeChecked(integrity: string): boolean {
  if (integrity.length === USUAL_LENGTH && USUAL.test(integrity)) return true;
  try {
    parseIntegrity(integrity, {});
    return true;
  } catch (error) {
    if (isLoaderError(error)) return false;
    throw error;
  }
}
