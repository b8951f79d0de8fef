import type { ModuleRequest } from "../artifact/module-record.ts";
import type { PackageArtifact } from "../artifact/package-artifact.ts";
import type { RbinIndex } from "../artifact/read-rbin.ts";
import { isBufferRequest } from "./builtin-module.ts";
import type { GraphModule } from "./module-graph.ts";
import type { LinkContext } from "./link-context.ts";

/** Names what a request asks for where every module of its package means the same by it; undefined where one could not. */
export function sharedKey(
  { owner }: GraphModule,
  request: ModuleRequest,
  sources: LinkContext["sources"],
): string | undefined {
  const { specifier, kind, type, phase } = request;
  if (owner.kind !== "package" || kind !== "import" || type !== undefined || phase !== undefined) return undefined;
  if (/^[./#]/.test(specifier) || isBufferRequest(request)) return undefined;
  const artifact = sources.artifactNow(owner.key);
  if (artifact === undefined) return undefined;
  const { remapped, hasScopes } = meaningsOf(artifact);
  if (hasScopes) return undefined;
  const name = withoutEnding(specifier.replace(/^node:/, ""));
  for (const path of remapped) if (path === name || path.endsWith(`/${name}`)) return undefined;
  return `${owner.key} ${specifier}`;
}

/** Whether the `browser` map of a package.json may send a file's path elsewhere; where one does, the slow way tells. */
export function mayBeRemapped(artifact: PackageArtifact, path: string): boolean {
  const { remapped } = meaningsOf(artifact);
  return remapped.size > 0 && remapped.has(withoutEnding(path));
}

/** What decides, beside the lockfile, what specifiers mean in a package. */
interface Meanings {
  /** Paths that `browser` maps name, without endings. */
  readonly remapped: ReadonlySet<string>;
  /** Folders have names of their own, by which they can be asked for. */
  readonly hasScopes: boolean;
}

function meaningsOf({ index }: PackageArtifact): Meanings {
  let known = meanings.get(index);
  if (known === undefined) {
    const hasScopes = Object.entries(index.manifests).some(([folder, { name }]) => folder !== "" && name !== undefined);
    meanings.set(index, (known = { remapped: new Set(remappedPaths(index)), hasScopes }));
  }
  return known;
}

const meanings = new WeakMap<RbinIndex, Meanings>();

function* remappedPaths({ manifests }: RbinIndex): Generator<string> {
  for (const [folder, { browser }] of Object.entries(manifests)) {
    if (typeof browser !== "object" || browser === null) continue;
    for (const key of Object.keys(browser))
      yield withoutEnding((folder === "" ? "" : `${folder}/`) + key.replace(/^\.\//, ""));
  }
}

/** Keys of a map may leave out what resolution adds: an ending, `/index`. */
function withoutEnding(path: string): string {
  return path.replace(/\.[^./]+$/, "").replace(/(?:^|\/)index$/, "");
}
