import { type Packument, reducePackument } from "../fetch/registry.ts";
import type { LoadContext } from "./load-context.ts";
import { packumentError } from "./lock-errors.ts";
import type { KeptMetadata, MetadataOptions } from "./metadata-source.ts";

/** What the loader keeps of packuments. */
export const KEPT_PACKUMENT: KeptMetadata<Packument> = { form: "1", whole: false, reduce: reducePackument };

/**
 * Gives the packument of `name` to the solver.
 * @throws LoaderError of the stages resolve and fetch, which names the referrer
 */
export async function loadPackument(
  name: string,
  referrer: string,
  { packuments, emit }: Pick<LoadContext, "packuments" | "emit">,
  options: MetadataOptions,
): Promise<Packument> {
  emit({ stage: "resolve", kind: "start", subject: name });
  try {
    const { metadata, source } = await packuments(name, options);
    emit({ stage: "resolve", kind: "done", subject: name, source });
    return metadata;
  } catch (error) {
    throw packumentError(error, name, referrer);
  }
}
