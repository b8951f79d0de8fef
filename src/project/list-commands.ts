import { LoaderError } from "../errors.ts";
import { IMPORTER_KINDS, type Lock, type LockedPackage, lookup, toRecord } from "../lock/lock.ts";

/** A command that a package brings. */
export interface PackageCommand {
  /** Id of the package in the lock. */
  readonly id: string;
  /** `./path` of the file in the package. */
  readonly file: string;
}

/**
 * The commands of what an importer asks for: what `node_modules/.bin` is on a disk (P56, P78). Where two packages have a command of
 * one name, the one that is asked for in the kind that comes first in a manifest has it; then the one whose name comes first.
 * @param importer path of a workspace. Default: the root
 * @throws LoaderError ERR_DEPENDENCY_NOT_FOUND for an importer that the lock does not have
 */
export function listCommands(lock: Lock, importer = "."): Readonly<Record<string, PackageCommand>> {
  const found = lookup(lock.importers, importer);
  if (found === undefined)
    throw new LoaderError("ERR_DEPENDENCY_NOT_FOUND", `The lockfile has no importer "${importer}"`);
  const commands = new Map<string, PackageCommand>();
  for (const kind of IMPORTER_KINDS) {
    for (const { id } of Object.values(found[kind])) {
      const locked = id === undefined ? undefined : lookup(lock.packages, id);
      if (id === undefined || locked === undefined) continue;
      for (const [name, file] of commandsOf(locked)) if (!commands.has(name)) commands.set(name, { id, file });
    }
  }
  return toRecord([...commands].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** As npm does: a command is a name and no path, and its file is inside of the package. */
function commandsOf({ bin = {} }: LockedPackage): [name: string, file: string][] {
  return Object.entries(bin).flatMap(([name, file]): [string, string][] => {
    const command = name.slice(name.lastIndexOf("/") + 1);
    const path = new URL(file.replaceAll("\\", "/"), "https://package.invalid/").pathname;
    return command === "" || path === "/" ? [] : [[command, `.${decodeURI(path)}`]];
  });
}
