import { COMPILER_ID } from "../../src/compile/compile-objects.ts";
import { LINKER_ID } from "../../src/link/create-linker.ts";
import { EMPTY_LOCK, type Lock, type LockedPackage, lookup, PACKAGE_KINDS } from "../../src/lock/lock.ts";
import { printLock } from "../../src/lock/print-lock.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import { encodeText } from "../encode-text.ts";
import { NODE_KEY } from "./module-address.ts";

/** Names how modules are written; changes whenever the same package would be written otherwise. */
const FORMAT = "raya-modules-1";

/** A package with all that it depends on: the same in every program that has them in the same versions. */
export interface Closure {
  /** 32 hex digits. */
  readonly digest: string;
  /** A lockfile of just that. */
  readonly lockfile: string;
  /** What wrote its modules: others would be written otherwise, and go to other digests. */
  readonly maker: string;
}

/** The compiler, the linker and the runtime of this edge. */
export function makerOf(runtime: string): string {
  return [FORMAT, COMPILER_ID, LINKER_ID, runtime].join("\n");
}

/**
 * The closure of a package of a lockfile; of `NODE_KEY` that of what stands in for modules of Node.
 * @param usesNode packages that import modules of Node
 * @param runtime address of the runtime that the modules import: all of a page have to have the same
 */
export async function closureOf(
  key: string,
  lock: Lock,
  usesNode: ReadonlySet<string>,
  runtime: string,
): Promise<Closure> {
  const packages: Record<string, LockedPackage> = {};
  const collect = (id: string): void => {
    const locked = lookup(lock.packages, id);
    if (locked === undefined || Object.hasOwn(packages, id)) return;
    packages[id] = lasting(locked);
    for (const kind of PACKAGE_KINDS) for (const dependency of Object.values(locked[kind])) collect(dependency);
  };
  collect(key);
  const withNode = key === NODE_KEY || Object.keys(packages).some((found) => usesNode.has(found));
  const builtins = withNode ? lock.builtins : {};
  for (const { package: polyfill } of Object.values(builtins)) collect(polyfill);
  const own = lookup(packages, key);
  const imports = own === undefined ? {} : { [exactSpecifier(own)]: key };
  const text = printLock({ ...EMPTY_LOCK, imports, packages, builtins });
  const maker = makerOf(runtime);
  const digest = await sha256Hex(encodeText([maker, key, text].join("\n")));
  return { digest: digest.slice(0, 32), lockfile: text, maker };
}

/** How a package is imported in exactly its version. */
function exactSpecifier({ name, version }: Pick<LockedPackage, "name" | "version">): string {
  return `${name}@${version}`;
}

/** What of a package is the same whenever it is locked; the rest must not make two closures of one. */
function lasting(locked: LockedPackage): LockedPackage {
  const { name, version, instance, source, resolved, integrity } = locked;
  const { dependencies, optionalDependencies, peerDependencies } = locked;
  const known = { instance, resolved, integrity };
  const present = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { name, version, source, ...present, dependencies, optionalDependencies, peerDependencies };
}
