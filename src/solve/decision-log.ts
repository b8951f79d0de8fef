import { compareText } from "../lock/lock.ts";
import type { GraphEdge, GraphNode } from "./graph-node.ts";
import type { PackageMetadata, VersionMetadata } from "./reduce-metadata.ts";
import type { SemverCache } from "./semver-cache.ts";
import { sortedVersions } from "./sorted-versions.ts";
import type { RegistrySpec, VersionPicker, VersionPolicy } from "./version-picker.ts";

/** Why one request got what it got. */
export interface SolveDecision {
  /** Who asks: id of a package, or `file:path` for a folder of the project. */
  readonly from: string;
  /** `name@range`, as the manifest has it. */
  readonly request: string;
  /** Id of what it got. */
  readonly id: string;
  readonly because: string;
}

/** What decided. */
interface DecisionContext {
  readonly ids: ReadonlyMap<GraphNode, string>;
  readonly semver: SemverCache;
  readonly picker: VersionPicker;
  readonly policy: VersionPolicy;
  metadataOf(name: string): PackageMetadata | undefined;
}

/** Versions that a reason names as passed over. */
const SHOWN = 3;

/** Every request of a solved graph with the reason for its answer, sorted. */
export function collectDecisions(nodes: readonly GraphNode[], context: DecisionContext): SolveDecision[] {
  const idOf = (node: GraphNode): string => context.ids.get(node) ?? "";
  return nodes
    .flatMap((node) => [...node.edges.values()])
    .map((edge) => ({
      from: idOf(edge.from),
      request: `${edge.asked.name}@${edge.asked.rawText}`,
      id: idOf(edge.to),
      because: reasonOf(edge, context),
    }))
    .toSorted((a, b) => compareText(a.from, b.from) || compareText(a.request, b.request));
}

function reasonOf(edge: GraphEdge, context: DecisionContext): string {
  const { asked, to } = edge;
  const override = asked.text === asked.rawText ? "" : `an override makes that ${asked.text}; `;
  if (to.isFolder) return `${override}it is a folder of the project`;
  const { spec } = asked;
  if (spec.kind !== "range" && spec.kind !== "tag") return `${override}it is what is at that place`;
  const metadata = context.metadataOf(spec.name);
  const picked = metadata && context.picker.pick(metadata, spec);
  if (metadata === undefined || picked === undefined) return `${override}nothing else is there`;
  if (picked.version === to.tree.version) return override + reasonOfPick(metadata, spec, picked, context);
  if (asked.peer) return `${override}its surroundings have that version`;
  return `${override}it is there for others, so that ${picked.version} is not needed`;
}

function reasonOfPick(
  metadata: PackageMetadata,
  spec: RegistrySpec,
  picked: VersionMetadata,
  context: DecisionContext,
): string {
  const { name, version } = picked;
  if (context.policy.preferred?.versions(name).includes(version) === true) return "it is what the lock has";
  const { "dist-tags": tags } = metadata;
  if (spec.kind === "tag") {
    const meant = tags[spec.tag] ?? "";
    if (meant === version) return `it is what "${spec.tag}" means`;
    const reason = `"${spec.tag}" means ${meant}, and it is the highest below that`;
    return [reason, ...passedOver(metadata, `<=${meant}`, picked, context)].join("; ");
  }
  const { range } = spec;
  if (range === version) return "it is the one that is asked for";
  if (tags["latest"] === version) return "it is the latest, and in the range";
  return [`it is the highest in ${range}`, ...passedOver(metadata, range, picked, context)].join("; ");
}

/** Higher versions in the range, and what speaks against them. */
function passedOver(
  metadata: PackageMetadata,
  range: string,
  { version }: VersionMetadata,
  { semver, policy }: DecisionContext,
): string[] {
  const bound = policy.newestAllowed(metadata.name);
  const higher = sortedVersions(metadata, semver).filter(
    (other) => semver.compare(other, version) > 0 && semver.satisfies(other, range),
  );
  const stated = higher.flatMap((other) => metadata.versions[other] ?? []).map((other) => objectionTo(other, bound));
  return stated.slice(0, SHOWN);
}

function objectionTo({ version, published, deprecated }: VersionMetadata, bound: number | undefined): string {
  if (bound !== undefined && published !== undefined && published > bound)
    return `${version} is from ${new Date(published).toISOString()}, too young`;
  return deprecated === undefined ? `${version} is for another Node, or a prerelease` : `${version} is deprecated`;
}
