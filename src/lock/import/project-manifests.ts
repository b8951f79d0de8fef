import { isTable, LockFields } from "../lock-fields.ts";
import { invalidForeign, invalidIn } from "./foreign-text.ts";

const FILE = "package.json";

/** Path of a workspace (`.` is the root) → its package.json, parsed. */
export type Manifests = Readonly<Record<string, unknown>>;

/** @throws LoaderError ERR_LOCKFILE_INVALID when one is not an object */
export function readManifests(manifests: Manifests): ReadonlyMap<string, LockFields> {
  const read = Object.entries(manifests).map(([path, manifest]): [string, LockFields] => {
    if (!isTable(manifest)) throw invalidForeign(FILE, `that of "${path}" is not an object`);
    return [path, new LockFields(manifest, [path], invalidIn(FILE))];
  });
  return new Map(read);
}
