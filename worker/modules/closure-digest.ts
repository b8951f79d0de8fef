import { COMPILER_ID } from "../../src/compile/compile-objects.ts";
import { LINKER_ID } from "../../src/link/create-linker.ts";
import { EMPTY_LOCKFILE, type LockedPackage, type Lockfile, printLockfile } from "../../src/resolve/lockfile.ts";
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
  lockfile: Lockfile,
  usesNode: ReadonlySet<string>,
  runtime: string,
): Promise<Closure> {
  const packages: Record<string, LockedPackage> = {};
  const collect = (start: string): void => {
    const locked = lockfile.packages[start];
    if (locked === undefined || start in packages) return;
    packages[start] = locked;
    for (const dependency of Object.values(locked.dependencies)) collect(dependency);
  };
  collect(key);
  const withNode = key === NODE_KEY || Object.keys(packages).some((found) => usesNode.has(found));
  const builtins = withNode ? lockfile.builtins : {};
  for (const { package: polyfill } of Object.values(builtins)) collect(polyfill);
  const version = packages[key]?.version;
  const imports = version === undefined ? {} : { [key]: version };
  const text = printLockfile({ ...EMPTY_LOCKFILE, imports, packages: withoutChecksums(packages), builtins });
  const maker = makerOf(runtime);
  const digest = await sha256Hex(encodeText([maker, key, text].join("\n")));
  return { digest: digest.slice(0, 32), lockfile: text, maker };
}

/** What is only known once an archive has been fetched must not make two closures of one. */
function withoutChecksums(packages: Record<string, LockedPackage>): Record<string, LockedPackage> {
  const kept: Record<string, LockedPackage> = {};
  for (const [key, locked] of Object.entries(packages)) {
    const copy = { ...locked };
    delete copy.checksum;
    kept[key] = copy;
  }
  return kept;
}
