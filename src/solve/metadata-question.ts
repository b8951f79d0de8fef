import { LoaderError } from "../errors.ts";
import { lookup } from "../lock/lock.ts";
import { MetadataGatherer, type SolveContext, type WantedDependency } from "./gather-metadata.ts";
import type { AgeOptions } from "./newest-allowed.ts";
import { lazyVersions, versionsOf } from "./lazy-versions.ts";
import { printMetadata } from "./metadata-text.ts";
import type { PackageMetadata, VersionMetadata } from "./reduce-metadata.ts";
import { SemverCache } from "./semver-cache.ts";
import { SpecCache } from "./spec-cache.ts";
import { type PreferredVersions, VersionPicker, versionPolicy } from "./version-picker.ts";
import { WantedDependencies } from "./wanted-dependencies.ts";

/**
 * All that a project asks of registries, and by which rules versions are chosen: enough for somebody nearer to the registry
 * to find out whose metadata solving will need, and to send it at once. An answer that has too little or too much changes no
 * version: what is missing is asked for by name.
 */
export interface MetadataQuestion extends Omit<AgeOptions, "now"> {
  /** Package → ranges and dist-tags that are asked of it. */
  readonly wanted: Readonly<Record<string, readonly string[]>>;
  /** Package → versions to stay with where they meet what is asked. */
  readonly preferred?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly peers?: "install" | "ignore" | undefined;
  readonly nodeVersion?: string | undefined;
}

/** How a project is solved, as far as it decides whose metadata is needed. */
interface QuestionOptions extends Omit<MetadataQuestion, "wanted" | "preferred"> {
  readonly preferred?: PreferredVersions | undefined;
}

export function metadataQuestion(
  wanted: readonly WantedDependency[],
  { before, minimumReleaseAge, releaseAgeExceptions, peers, nodeVersion, preferred }: QuestionOptions,
): MetadataQuestion {
  const texts: Record<string, string[]> = Object.create(null);
  for (const { spec } of wanted) {
    if (spec.kind === "range" || spec.kind === "tag") {
      (texts[spec.name] ??= []).push(spec.kind === "tag" ? spec.tag : spec.range);
    }
  }
  const kept = [...(preferred?.names ?? [])].map((name) => [name, preferred?.versions(name) ?? []] as const);
  return {
    wanted: texts,
    ...(kept.length > 0 && { preferred: Object.fromEntries(kept) }),
    before,
    minimumReleaseAge,
    releaseAgeExceptions,
    peers,
    nodeVersion,
  };
}

/**
 * The metadata that answers a question, as `readMetadataText` reads it, in a fixed order: of each package that is reached
 * the names of all its versions, and those of them that choosing looks at. Packages that cannot be had are left out: who
 * asked is told when they ask for them by name.
 * @param now milliseconds since 1970
 * @throws what `context` throws that is no LoaderError
 */
export async function answerMetadataQuestion(
  question: MetadataQuestion,
  context: Pick<SolveContext, "packument">,
  now: number,
): Promise<string> {
  const records = new Map<string, LookedAt>();
  const packument = async (name: string, referrer: string): Promise<PackageMetadata> => {
    const looked = new LookedAt(await context.packument(name, referrer));
    records.set(name, looked);
    return looked.metadata;
  };
  await gatherFor(question, { packument }, now);
  const names = [...records.keys()].toSorted();
  return names.map((name) => records.get(name)?.print() ?? "").join("");
}

async function gatherFor(question: MetadataQuestion, context: SolveContext, now: number): Promise<void> {
  const { preferred: kept = {} } = question;
  const preferred = { names: [], versions: (name: string) => lookup(kept, name) ?? [], tagged: () => undefined };
  const picker = new VersionPicker(new SemverCache(), versionPolicy({ ...question, preferred, now }));
  const specs = new SpecCache();
  const wants = new WantedDependencies({ specs, ignorePeers: question.peers === "ignore", isWorkspace: () => false });
  let peers: WantedDependency[] = [];
  const gatherer = new MetadataGatherer(context, {
    pick: (metadata, spec) => picker.pick(metadata, spec),
    dependenciesOf(version) {
      peers.push(...wants.optionalPeersOf(version));
      return wants.ofVersion(version);
    },
  });
  const wanted = Object.entries(question.wanted).flatMap(([name, texts]) =>
    texts.map((text) => ({ name, spec: specs.parse(name, text, undefined), referrer: "a project" })),
  );
  // Peers that are optional count where something else asks for them, which may turn out later.
  for (let due = wanted; due.length > 0;) {
    await gatherer.gather(due);
    const isAsked = ({ name }: WantedDependency): boolean => gatherer.asked.has(name);
    due = peers.filter(isAsked);
    peers = peers.filter((peer) => !isAsked(peer));
  }
}

/** Knows which versions of a package somebody has looked at. */
class LookedAt {
  /** The same package, with an eye on it. */
  readonly metadata: PackageMetadata;
  readonly #whole: PackageMetadata;
  readonly #versions = new Set<string>();

  constructor(whole: PackageMetadata) {
    this.#whole = whole;
    const read = (version: string): VersionMetadata | undefined => {
      this.#versions.add(version);
      return whole.versions[version];
    };
    this.metadata = { ...whole, versions: lazyVersions(versionsOf(whole), read) };
  }

  print(): string {
    return printMetadata(this.#whole, this.#versions);
  }
}

/**
 * Reads a question that came over the wire.
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG for what is none
 */
export function readMetadataQuestion(raw: unknown): MetadataQuestion {
  if (!isRecord(raw)) throw invalid("wanted");
  const { before, minimumReleaseAge, releaseAgeExceptions, peers, nodeVersion } = raw;
  const optional = <Value>(field: string, value: unknown, isValue: (value: unknown) => value is Value) => {
    if (value === undefined || isValue(value)) return value;
    throw invalid(field);
  };
  return {
    wanted: readTextLists(raw["wanted"], "wanted"),
    ...(raw["preferred"] !== undefined && { preferred: readTextLists(raw["preferred"], "preferred") }),
    before: optional("before", before, isNumber),
    minimumReleaseAge: optional("minimumReleaseAge", minimumReleaseAge, isNumber),
    releaseAgeExceptions: optional("releaseAgeExceptions", releaseAgeExceptions, isTextList),
    peers: optional("peers", peers, (value) => value === "install" || value === "ignore"),
    nodeVersion: optional("nodeVersion", nodeVersion, (value) => typeof value === "string"),
  };
}

function readTextLists(raw: unknown, field: string): Record<string, readonly string[]> {
  if (!isRecord(raw)) throw invalid(field);
  const lists = Object.entries(raw).map(([name, texts]): [string, readonly string[]] => {
    if (!isTextList(texts)) throw invalid(`${field}.${name}`);
    return [name, texts];
  });
  return Object.fromEntries(lists);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function invalid(field: string): LoaderError {
  return new LoaderError(
    "ERR_INVALID_PACKAGE_CONFIG",
    `The question for metadata cannot be read: its "${field}" is wrong`,
  );
}
