import { LoaderError } from "../errors.ts";
import type { LoadOptions, PackageReport, Program, Project } from "../loader.ts";
import { decodeImage, encodeImage } from "../run/encode-image.ts";
import type { Image } from "../run/image.ts";
import type { StoredObject } from "../store/content-store.ts";
import { createKeptList, orHeal } from "./kept-list.ts";
import { linkInputs } from "./link-inputs.ts";
import type { LoadContext } from "./load-context.ts";
import { resumeServices } from "./resumed-services.ts";

/** What is kept of a linked program, so that its second start reads one object. */
interface KeptProgram {
  readonly inputs: string;
  readonly image: Image;
  readonly lockfile: string;
  readonly packages: readonly PackageReport[];
}

/** How many images are kept; the one that was linked first goes first. */
const MOST_IMAGES = 16;

const images = createKeptList("image", MOST_IMAGES);

/**
 * The program that an earlier load has linked of the same files, lockfile and settings; undefined if none is stored. What a
 * realm asks of it later is answered by `resume`, which loads the program as if it were new.
 */
export async function readLinkedProgram(
  project: Project,
  options: LoadOptions,
  context: LoadContext,
  resume: () => Promise<Program>,
): Promise<Program | undefined> {
  const { lockfile } = options;
  if (lockfile === undefined) return undefined;
  const inputs = await inputsOf(project, lockfile, options, context);
  const kept = await readKept(inputs, context);
  if (kept === undefined) return undefined;
  context.emit({ stage: "link", kind: "hit", subject: "program", bytes: kept.size });
  return createResumable(kept.program, resume);
}

/** Keeps a program for its next start. */
export async function keepLinkedProgram(
  project: Project,
  options: LoadOptions,
  context: LoadContext,
  program: Omit<KeptProgram, "inputs">,
): Promise<void> {
  const inputs = await inputsOf(project, program.lockfile, options, context);
  // The same program is the same bytes, wherever its packages came from this time.
  const packages = program.packages.map((report) => ({ ...report, source: "browser" as const }));
  const { image, lockfile } = program;
  await images.keep(inputs, encodeImage(image, { inputs, lockfile, packages }), context);
}

function inputsOf(
  { files, entry }: Project,
  lockfile: string,
  options: LoadOptions,
  context: LoadContext,
): Promise<string> {
  const sorted = Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return linkInputs({ entry, files: sorted, lockfile }, options, context);
}

async function readKept(
  inputs: string,
  { store, emit }: LoadContext,
): Promise<{ program: KeptProgram; size: number } | undefined> {
  let program: KeptProgram | undefined;
  const check = ({ bytes }: StoredObject): void => {
    const { image, about } = decodeImage(bytes);
    program = { ...(about as Omit<KeptProgram, "image">), image };
    if (program.inputs === inputs) return;
    const details = { expected: inputs, actual: program.inputs };
    throw new LoaderError("ERR_ARTIFACT_INVALID", "It is the image of another program", details);
  };
  const found = await orHeal(store.read(images.key(inputs), {}, check), emit);
  return found && program && { program, size: found.record.size };
}

function createResumable(
  { image, lockfile, packages }: Omit<KeptProgram, "inputs">,
  resume: () => Promise<Program>,
): Program {
  const { services, program, resumed } = resumeServices(image, resume);
  return {
    image,
    get lockfile() {
      return resumed()?.lockfile ?? lockfile;
    },
    get packages() {
      return resumed()?.packages ?? packages;
    },
    kept: Promise.resolve(),
    readTypes: async (key) => (await program()).readTypes(key),
    ...services,
  };
}
