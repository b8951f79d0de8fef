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

/** What the loader keeps of packuments. */
export const KEPT_PACKUMENT: KeptMetadata<TimedPackument> = {
  form: "2",
  whole: false,
  reduce(raw, name) {
    const modified = timeOf(fieldOf(raw, "modified"));
    return { ...reducePackument(raw, name), ...(modified !== undefined && { modified }) };
  },
};

/** The same where the age of versions matters: only whole packuments tell it. */
export const DATED_PACKUMENT: KeptMetadata<TimedPackument> = {
  form: "dated-1",
  whole: true,
  reduce(raw, name) {
    const packument = reducePackument(raw, name);
    const versions: TimedPackument["versions"] = Object.create(null);
    for (const [version, manifest] of Object.entries(packument.versions)) {
      const kept = fieldOf(fieldOf(fieldOf(raw, "versions"), version), "published");
      const published = timeOf(fieldOf(fieldOf(raw, "time"), version) ?? kept);
      versions[version] = published === undefined ? manifest : { ...manifest, published };
    }
    return { ...packument, versions };
  },
};

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
    const isOlder = bound === undefined || (found.metadata.modified ?? Number.POSITIVE_INFINITY) <= bound;
    const { metadata, source } = isOlder ? found : await datedPackuments(name, options);
    emit({ stage: "resolve", kind: "done", subject: name, source });
    return metadata;
  } catch (error) {
    throw packumentError(error, name, referrer);
  }
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
