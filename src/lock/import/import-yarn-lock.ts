import type { Lock } from "../lock.ts";
import type { ImportOptions } from "./archive-source.ts";
import { unknownVersion } from "./foreign-text.ts";
import type { Manifests } from "./project-manifests.ts";
import { readBerryLock } from "./read-berry-lock.ts";
import { readClassicLock } from "./read-classic-lock.ts";
import { lockOfYarn, YARN_FILE } from "./yarn-graph.ts";

/**
 * Imports a yarn.lock of Yarn 1 or of Yarn 2 to 4. Yarn 1 writes neither peers nor platforms nor commands into it, the later
 * ones no hash of the archives: packages without `integrity` have to get it from their registry before they can be loaded.
 * @param manifests the package.json of the root and of every workspace: yarn.lock does not say who asks for what
 * @throws LoaderError ERR_LOCKFILE_INVALID with the line where the text is not what Yarn writes; ERR_LOCKFILE_VERSION
 */
export function importYarnLock(text: string, manifests: Manifests, options: ImportOptions): Lock {
  if (/^__metadata:/m.test(text)) return lockOfYarn(readBerryLock(text, options), manifests);
  if (!/^# yarn lockfile v1$/m.test(text)) throw unknownVersion(YARN_FILE, undefined, "that of Yarn 1 to 4");
  return lockOfYarn(readClassicLock(text, options), manifests);
}
