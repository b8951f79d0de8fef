import { LoaderError } from "../errors.ts";
import { MetadataGatherer, type SolveContext, type WantedDependency } from "./gather-metadata.ts";
import { type AgeOptions, newestAllowed } from "./newest-allowed.ts";
import { SemverCache } from "./semver-cache.ts";
import { SpecCache } from "./spec-cache.ts";
import { VersionPicker } from "./version-picker.ts";
import { WantedDependencies } from "./wanted-dependencies.ts";

/**
 * All that a project asks of registries, and by which rules versions are chosen: enough for somebody nearer to the registry
 * to find out whose metadata solving will need, and to send it at once. An answer that has too little or too much changes no
 * version: what is missing is asked for by name.
 */
export interface MetadataQuestion extends Omit<AgeOptions, "now"> {
  /** Package → ranges and dist-tags that are asked of it. */
  readonly wanted: Readonly<Record<string, readonly string[]>>;
  readonly peers?: "install" | "ignore" | undefined;
  readonly nodeVersion?: string | undefined;
}

export function metadataQuestion(
  wanted: readonly WantedDependency[],
  { before, minimumReleaseAge, releaseAgeExceptions, peers, nodeVersion }: Omit<MetadataQuestion, "wanted">,
): MetadataQuestion {
  const texts: Record<string, string[]> = Object.create(null);
  for (const { spec } of wanted) {
    if (spec.kind === "range" || spec.kind === "tag") {
      (texts[spec.name] ??= []).push(spec.kind === "tag" ? spec.tag : spec.range);
    }
  }
  return { wanted: texts, before, minimumReleaseAge, releaseAgeExceptions, peers, nodeVersion };
}

/**
 * Names of the packages whose metadata answers a question, in a fixed order. Those that cannot be had are left out: who
 * asked is told when they ask for them by name.
 * @param now milliseconds since 1970
 * @throws what `context` throws that is no LoaderError
 */
export async function answerMetadataQuestion(
  question: MetadataQuestion,
  context: SolveContext,
  now: number,
): Promise<string[]> {
  const { peers, nodeVersion, before } = question;
  const picker = new VersionPicker(new SemverCache(), {
    newestAllowed: newestAllowed({ ...question, now }),
    nodeVersion,
    preferred: undefined,
    before,
  });
  const specs = new SpecCache();
  const wants = new WantedDependencies({ specs, ignorePeers: peers === "ignore", isWorkspace: () => false });
  const gatherer = new MetadataGatherer(context, {
    pick: (metadata, spec) => (spec.kind === "range" || spec.kind === "tag" ? picker.pick(metadata, spec) : undefined),
    dependenciesOf: (version) => wants.ofVersion(version),
  });
  await gatherer.gather(
    Object.entries(question.wanted).flatMap(([name, texts]) =>
      texts.map((text) => ({ name, spec: specs.parse(name, text, undefined), referrer: "a project" })),
    ),
  );
  return [...gatherer.packages].flatMap(([name, found]) => ("versions" in found ? [name] : [])).toSorted();
}

/**
 * Reads a question that came over the wire.
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG for what is none
 */
export function readMetadataQuestion(raw: unknown): MetadataQuestion {
  if (!isRecord(raw) || !isRecord(raw["wanted"])) throw invalid("wanted");
  const wanted = Object.entries(raw["wanted"]).map(([name, texts]): [string, readonly string[]] => {
    if (!isTextList(texts)) throw invalid(`wanted.${name}`);
    return [name, texts];
  });
  const { before, minimumReleaseAge, releaseAgeExceptions, peers, nodeVersion } = raw;
  const optional = <Value>(field: string, value: unknown, isValue: (value: unknown) => value is Value) => {
    if (value === undefined || isValue(value)) return value;
    throw invalid(field);
  };
  return {
    wanted: Object.fromEntries(wanted),
    before: optional("before", before, isNumber),
    minimumReleaseAge: optional("minimumReleaseAge", minimumReleaseAge, isNumber),
    releaseAgeExceptions: optional("releaseAgeExceptions", releaseAgeExceptions, isTextList),
    peers: optional("peers", peers, (value) => value === "install" || value === "ignore"),
    nodeVersion: optional("nodeVersion", nodeVersion, (value) => typeof value === "string"),
  };
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
