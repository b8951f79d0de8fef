import { type Packument, reducePackument, type VersionManifest } from "../fetch/registry.ts";
import type { LoadContext } from "./load-context.ts";
import { packumentError } from "./lock-errors.ts";
import type { KeptMetadata, MetadataOptions } from "./metadata-source.ts";

/** A packument, with the times that its registry tells, milliseconds since 1970. */
export interface TimedPackument extends Packument {
  /** Of its last change. */
  readonly modified?: number;
  readonly versions: Record<string, VersionManifest & { readonly published?: number }>;
}

/** What the loader keeps of packuments; registries that send them whole tell when versions were published, too. */
export const KEPT_PACKUMENT: KeptMetadata<TimedPackument> = { form: "4", whole: false, reduce: reduceTimed };

/** The same where the age of versions matters and the registry did not tell it: only whole packuments do. */
export const DATED_PACKUMENT: KeptMetadata<TimedPackument> = { form: "dated-3", whole: true, reduce: reduceTimed };

function reduceTimed(raw: unknown, name: string): TimedPackument {
  const packument = reducePackument(raw, name);
  const times = fieldOf(raw, "time");
  const modified = timeOf(fieldOf(raw, "modified") ?? fieldOf(times, "modified"));
  const versions: TimedPackument["versions"] = Object.create(null);
  for (const [version, manifest] of Object.entries(packument.versions)) {
    const kept = fieldOf(fieldOf(fieldOf(raw, "versions"), version), "published");
    const published = timeOf(fieldOf(times, version) ?? kept);
    versions[version] = published === undefined ? manifest : { ...manifest, published };
  }
  return { ...packument, ...(modified !== undefined && { modified }), versions };
}

/** How a packument is looked up. */
export interface PackumentOptions extends MetadataOptions {
  /** Versions that were published later are not wanted, milliseconds since 1970. Default: no bound. */
  readonly bound?: number | undefined;
}

/**
 * Gives the packument of `name` to the solver; when its versions were published is in it where a bound is set and some of them
 * may be younger.
 * @throws LoaderError of the stages resolve and fetch, which names the referrer
 */
export async function loadPackument(
  name: string,
  referrer: string,
  { packuments, datedPackuments, emit }: Pick<LoadContext, "packuments" | "datedPackuments" | "emit">,
  { bound, ...options }: PackumentOptions,
): Promise<TimedPackument> {
  emit({ stage: "resolve", kind: "start", subject: name });
  try {
    const found = await packuments(name, options);
    const isEnough = bound === undefined || isOlder(found.metadata, bound) || isDated(found.metadata);
    const { metadata, source } = isEnough ? found : await datedPackuments(name, options);
    emit({ stage: "resolve", kind: "done", subject: name, source });
    return metadata;
  } catch (error) {
    throw packumentError(error, name, referrer);
  }
}

function isOlder({ modified = Number.POSITIVE_INFINITY }: TimedPackument, bound: number): boolean {
  return modified <= bound;
}

function isDated({ versions }: TimedPackument): boolean {
  return Object.values(versions).some(({ published }) => published !== undefined);
}

function fieldOf(value: unknown, field: string): unknown {
  const isObject = typeof value === "object" && value !== null;
  return isObject && Object.hasOwn(value, field) ? (value as Readonly<Record<string, unknown>>)[field] : undefined;
}

/** Registries write dates, what is kept has numbers. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === "string" ? Date.parse(value) : value;
  return typeof time === "number" && Number.isFinite(time) ? time : undefined;
}
