import { LoaderError } from "../errors.ts";
import { PartialLink } from "../link/partial/partial-link.ts";
import type { LoadOptions, Project } from "../loader.ts";
import type { StoredObject } from "../store/content-store.ts";
import { createKeptList, orHeal } from "./kept-list.ts";
import { linkInputs } from "./link-inputs.ts";
import type { LoadContext } from "./load-context.ts";

/** How many partial links are kept: one for each lockfile and its settings. */
const MOST_PARTIALS = 8;

const partials = createKeptList("partial", MOST_PARTIALS);

/**
 * The modules of packages that an earlier load with the same lockfile and settings has linked partially; undefined if none is
 * stored, and where what a name means is not only for them to say: an import map's or a resolver's.
 */
export async function readPartial(
  { files }: Project,
  options: LoadOptions,
  context: LoadContext,
): Promise<PartialLink | undefined> {
  const { lockfile } = options;
  if (lockfile === undefined || !isDecidedByPackages(context)) return undefined;
  const inputs = await partialInputs(files, lockfile, options, context);
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
  { files }: Project,
  lockfile: string,
  options: LoadOptions,
  context: LoadContext,
  write: (inputs: string) => Uint8Array<ArrayBuffer> | undefined,
): Promise<void> {
  if (!isDecidedByPackages(context)) return;
  const inputs = await partialInputs(files, lockfile, options, context);
  const bytes = write(inputs);
  if (bytes !== undefined) await partials.keep(inputs, bytes, context);
}

function isDecidedByPackages({ importMap, options }: LoadContext): boolean {
  return importMap === undefined && (options.resolvers ?? []).length === 0;
}

/** Of everything that decides what the modules of packages are and ask for, and what the project's names mean. */
function partialInputs(
  files: Project["files"],
  lockfile: string,
  options: LoadOptions,
  context: LoadContext,
): Promise<string> {
  return linkInputs({ files: decidingFiles(files), lockfile }, options, context);
}

/** Manifests of the project, and paths of packages among its files. */
function decidingFiles(files: Project["files"]): (readonly [path: string, text: string])[] {
  const deciding: (readonly [string, string])[] = [];
  for (const [path, text] of Object.entries(files)) {
    if (/(?:^|\/)(?:package\.json|raya\.toml)$/.test(path)) deciding.push([path, text]);
    else if (path.includes("/node_modules/")) deciding.push([path, ""]);
  }
  return deciding.toSorted(([a], [b]) => (a < b ? -1 : 1));
}
