import { dependencyOf } from "../resolve/lockfile.ts";
import { browserRules } from "../resolve/entry-rules.ts";
import { resolveBrowserBare } from "../resolve/package-entry.ts";
import type { PeerRequest } from "../resolve/solve-versions.ts";
import { parseSpecifier } from "../specifier/parse-specifier.ts";
import type { GraphModule } from "./module-graph.ts";
import { type LinkContext, viewOf } from "./resolve-request.ts";

/**
 * Optional peers that modules of packages import for certain, although nothing has asked for them: `zustand` without
 * `react`. A `require` is no such import: packages try it.
 */
export async function findMissingPeers(modules: readonly GraphModule[], context: LinkContext): Promise<PeerRequest[]> {
  const found = new Map<string, PeerRequest>();
  for (const module of modules) {
    if (module.owner.kind !== "package") continue;
    const { key } = module.owner;
    for (const { specifier, kind, within } of module.record.requests) {
      if (kind !== "import" || within !== undefined || specifier.startsWith(".")) continue;
      const peer = await missingPeer(specifier, module, key, context);
      if (peer !== undefined) found.set(`${key} ${peer.name}`, peer);
    }
  }
  return [...found.values()];
}

async function missingPeer(
  specifier: string,
  { path, shownAs }: GraphModule,
  key: string,
  context: LinkContext,
): Promise<PeerRequest | undefined> {
  const parsed = parseSpecifier(specifier, { specifier, referrer: shownAs, package: key });
  if (parsed.kind !== "package") return undefined;
  const { name } = parsed.package;
  if (dependencyOf(context.sources.lockfile(), key, name) !== undefined) return undefined;
  const view = viewOf(key, await context.sources.artifact(key, shownAs));
  const peers = view.manifests[""]?.["peerDependencies"] as Readonly<Record<string, unknown>> | undefined;
  const range = peers !== undefined && Object.hasOwn(peers, name) ? peers[name] : undefined;
  if (typeof range !== "string") return undefined;
  if (resolveBrowserBare(view, path, specifier, browserRules("import", context.mode)) !== undefined) return undefined;
  return { owner: key, name, range, referrer: shownAs };
}
