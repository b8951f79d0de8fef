import type { Rbin } from "../artifact/read-rbin.ts";
import type { LockedPackage } from "../lock/lock.ts";
import { toHex } from "../verify/digest.ts";
import { archiveKey } from "./artifact-origin.ts";
import { heldDigest } from "./graph/graph-arrivals.ts";
import { orHeal } from "./kept-list.ts";
import type { LoadContext } from "./load-context.ts";
import { storeKeys } from "./store-keys.ts";

/** What is stored of a package. */
export interface HeldPackage {
  /** SHA-256 of its index, 64 hex digits. */
  readonly index: string;
  /** As a question names them: of the index, of the files that have been reached, and of the source maps. */
  readonly digests: readonly string[];
}

/** @param reached what earlier loads have reached of the package */
export async function readHeld(
  locked: LockedPackage,
  reached: Rbin | undefined,
  { host, emit }: Pick<LoadContext, "host" | "emit">,
): Promise<HeldPackage | undefined> {
  if (locked.integrity === undefined) return undefined;
  const keys = storeKeys(archiveKey(locked), locked.integrity);
  const [record, maps] = await Promise.all([keys.index, keys.maps].map((key) => orHeal(host.records.read(key), emit)));
  if (record === undefined) return undefined;
  const index = reached?.index;
  const modules = [...(index?.files.values() ?? [])].filter(({ state }) => state === "module");
  const files = modules.flatMap((file) => (index === undefined ? [] : toHex(index.digest(file))));
  return {
    index: record.digest,
    digests: [record.digest, ...files, ...(maps === undefined ? [] : [maps.digest])].map(heldDigest),
  };
}
