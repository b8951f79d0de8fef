import { COMPILER_ID } from "../compile/compile-objects.ts";
import { LoaderError } from "../errors.ts";
import { LINKER_ID } from "../link/create-linker.ts";
import { PartialLink } from "../link/partial/partial-link.ts";
import type { LoadOptions } from "../loader.ts";
import type { StoredObject } from "../store/content-store.ts";
import { sha256Hex } from "../verify/digest.ts";
import { createKeptList, orHeal } from "./kept-list.ts";
import { linkSettings } from "./link-settings.ts";
import type { LoadContext } from "./load-context.ts";

/** How many partial links are kept: one for each lockfile and its settings. */
const MOST_PARTIALS = 8;

const partials = createKeptList("partial", MOST_PARTIALS);

/** The modules of packages that an earlier load with the same lockfile and settings has linked partially; undefined if none is stored. */
export async function readPartial(options: LoadOptions, context: LoadContext): Promise<PartialLink | undefined> {
  const { lockfile } = options;
  if (lockfile === undefined) return undefined;
  const inputs = await partialInputs(lockfile, options, context);
  let link: PartialLink | undefined;
  const check = ({ bytes }: StoredObject): void => {
    link = new PartialLink(bytes, context.options.base);
    if (link.inputs === inputs) return;
    const details = { expected: inputs, actual: link.inputs };
    throw new LoaderError("ERR_ARTIFACT_INVALID", "It is the partial link of another program", details);
  };
  const found = await orHeal(context.store.read(partials.key(inputs), {}, check), context.emit);
  return found && link;
}

/** Keeps what `write` makes for the next load with `lockfile`. */
export async function keepPartial(
  lockfile: string,
  options: LoadOptions,
  context: LoadContext,
  write: (inputs: string) => Uint8Array<ArrayBuffer> | undefined,
): Promise<void> {
  const inputs = await partialInputs(lockfile, options, context);
  const bytes = write(inputs);
  if (bytes !== undefined) await partials.keep(inputs, bytes, context);
}

/** Of everything, beside the project's files, that decides what the modules of packages are and ask for; 64 hex digits. */
async function partialInputs(lockfile: string, options: LoadOptions, context: LoadContext): Promise<string> {
  const made = { compiler: COMPILER_ID, linker: LINKER_ID, settings: linkSettings(options, context), lockfile };
  const { sha256 = sha256Hex } = context.host;
  return sha256(new TextEncoder().encode(JSON.stringify(made)));
}
