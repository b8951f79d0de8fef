import { IMPORTER_KINDS, type Lock, type LockedPackage, lookup } from "../../lock/lock.ts";
import { type FurtherRequests, type PackageRequest, requestKey } from "../../resolve/package-request.ts";
import { hasSameRules, leftDeclared, openDeclared, type ProgramManifests } from "../program-manifests.ts";

/** What a lock has to have an answer to. */
export interface LockQuestion extends FurtherRequests {
  /** What source texts ask for that no manifest declares. */
  readonly own: readonly PackageRequest[];
  readonly manifests: ProgramManifests;
  /** Names of what is imported. */
  readonly used: ReadonlySet<string>;
  /** Whether what is locked has to stay. */
  readonly keepLocked: boolean;
}

/**
 * Takes over what somebody else has decided; undefined where it does not answer everything, or takes away what is locked.
 * @param known what is locked by now
 */
export function adoptLock(known: Lock, offered: Lock, question: LockQuestion): Lock | undefined {
  if (!answers(offered, question)) return undefined;
  const { urls } = known;
  if (!question.keepLocked) return { ...offered, urls };
  if (!keeps(known, offered)) return undefined;
  return {
    ...known,
    overrides: offered.overrides,
    catalogs: offered.catalogs,
    importers: offered.importers,
    imports: { ...known.imports, ...offered.imports },
    builtins: { ...known.builtins, ...offered.builtins },
    packages: { ...known.packages, ...offered.packages },
  };
}

function answers(offered: Lock, { own, manifests, used, peers = [], polyfills = [] }: LockQuestion): boolean {
  const declared = manifests.manifests;
  const agrees =
    !manifests.areBinding ||
    (hasSameRules(manifests.rules, offered) &&
      leftDeclared(declared, offered).length === 0 &&
      openDeclared(declared, offered, used).length === 0);
  return (
    agrees &&
    own.every((request) => lookup(offered.imports, requestKey(request)) !== undefined) &&
    peers.every(({ owner, name }) => peerOf(offered, owner, name) !== undefined) &&
    polyfills.every(({ builtin }) => lookup(offered.builtins, builtin) !== undefined)
  );
}

function peerOf(lock: Lock, owner: string, name: string): string | undefined {
  const locked = lookup(lock.packages, owner);
  return locked && lookup(locked.peerDependencies, name);
}

/** Whether the same names still lead to the same archives. */
function keeps(known: Lock, offered: Lock): boolean {
  const isKept = (id: string, locked: LockedPackage): boolean => {
    const other = lookup(offered.packages, id);
    return other === undefined || (other.integrity === locked.integrity && sameSource(other, locked));
  };
  const isSame = (key: string, id: string): boolean => (lookup(offered.imports, key) ?? id) === id;
  return (
    Object.entries(known.packages).every(([id, locked]) => isKept(id, locked)) &&
    Object.entries(known.imports).every(([key, id]) => isSame(key, id)) &&
    Object.entries(known.importers).every(([path, importer]) =>
      IMPORTER_KINDS.every((kind) =>
        Object.entries(importer[kind]).every(([name, { range, id }]) => {
          const other = lookup(offered.importers, path)?.[kind][name];
          return other === undefined || other.range !== range || id === undefined || other.id === id;
        }),
      ),
    )
  );
}

function sameSource(a: LockedPackage, b: LockedPackage): boolean {
  return JSON.stringify(a.source) === JSON.stringify(b.source) && a.resolved === b.resolved;
}
