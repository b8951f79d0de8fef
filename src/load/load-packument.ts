import type { Packument } from "../fetch/registry.ts";
import type { LoadContext } from "./load-context.ts";
import { packumentError } from "./lock-errors.ts";

/**
 * Gives the packument of `name` to the solver.
 * @throws LoaderError of the stages resolve and fetch, which names the referrer
 */
export async function loadPackument(
  name: string,
  referrer: string,
  { registry, parallel, emit }: LoadContext,
  signal: AbortSignal | undefined,
): Promise<Packument> {
  emit({ stage: "resolve", kind: "start", subject: name });
  try {
    const { packument, source } = await parallel(() => registry.packument(name, signal));
    emit({ stage: "resolve", kind: "done", subject: name, source });
    return packument;
  } catch (error) {
    throw packumentError(error, name, referrer);
  }
}
