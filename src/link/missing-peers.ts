import { browserRules } from "../resolve/entry-rules.ts";
import { dependencyOf } from "../resolve/locked-dependency.ts";
import { resolveBrowserBare } from "../resolve/package-entry.ts";
import type { PeerRequest } from "../resolve/package-request.ts";
import { parseSpecifier } from "../specifier/parse-specifier.ts";
import type { GraphModule } from "./module-graph.ts";
import type { LinkContext } from "./link-context.ts";
import { viewOf } from "./module-references.ts";

/**
 * Optional peers that modules of packages import for certain, although nothing has asked for them: `zustand` without
 * `react`. A `require` is no such import: packages try it.
 */
export async function findMissingPeers(modules: readonly GraphModule[], context: LinkContext): Promise<PeerRequest[]> {
  const found = new Map<string, PeerRequest>();
  /** Many modules of a package import the same. */
  const locked = new Set<string>();
  for (const module of modules) {
    if (module.owner.kind !== "package") continue;
    const { key } = module.owner;
    for (const { specifier, kind, within } of module.record.requests) {
      if (kind !== "import" || within !== undefined || specifier.startsWith(".")) continue;
      const pair = `${key} ${specifier}`;
      if (locked.has(pair)) continue;
      const name = unlockedPackage(specifier, module, key, context);
      if (name === undefined) locked.add(pair);
      const peer = name === undefined ? undefined : await missingPeer(name, specifier, module, key, context);
      if (peer !== undefined) found.set(`${key} ${peer.name}`, peer);
    }
  }
  return [...found.values()];
}

/** The package that a specifier names, where the lockfile does not say which one that is. */
function unlockedPackage(
  specifier: string,
  { shownAs }: GraphModule,
  key: string,
  { sources }: LinkContext,
): string | undefined {
  const parsed = parseSpecifier(specifier, { specifier, referrer: shownAs, package: key });
  if (parsed.kind !== "package") return undefined;
  const { name } = parsed.package;
  return dependencyOf(sources.lockfile(), key, name) === undefined ? name : undefined;
}

async function missingPeer(
  name: string,
  specifier: string,
  { path, shownAs }: GraphModule,
  key: string,
  context: LinkContext,
): Promise<PeerRequest | undefined> {
  const view = viewOf(key, await context.sources.artifact(key, shownAs));
  const peers = view.manifests[""]?.["peerDependencies"] as Readonly<Record<string, unknown>> | undefined;
  const range = peers !== undefined && Object.hasOwn(peers, name) ? peers[name] : undefined;
  if (typeof range !== "string") return undefined;
  const rules = browserRules("import", context.mode, context.conditions);
  if (resolveBrowserBare(view, path, specifier, rules) !== undefined) return undefined;
  return { owner: key, name, range, referrer: shownAs };
}
