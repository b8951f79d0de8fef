import { LoaderError } from "../errors.ts";
import type { LoadOptions, PackageReport, Program, Project } from "../loader.ts";
import type { Image } from "../run/image.ts";
import type { StoredObject } from "../store/content-store.ts";
import { createKeptList, orHeal } from "./kept-list.ts";
import { linkInputs } from "./link-inputs.ts";
import type { LoadContext } from "./load-context.ts";

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
  await images.keep(inputs, encode({ inputs, ...program, packages }), context);
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

/** u32 length of the JSON · JSON, without the code of modules · their code, one after the other, UTF-8. */
function encode({ image, ...rest }: KeptProgram): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const codes = image.modules.map(({ code }) => encoder.encode(code));
  const modules = image.modules.map(({ url, kind }, index) => ({ url, kind, length: codes[index]?.length ?? 0 }));
  const head = encoder.encode(JSON.stringify({ ...rest, image: { ...image, modules } }));
  const bytes = new Uint8Array(4 + head.length + codes.reduce((length, code) => length + code.length, 0));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = 4 + head.length;
  for (const code of codes) {
    bytes.set(code, at);
    at += code.length;
  }
  return bytes;
}

interface KeptModule {
  readonly url: string;
  readonly kind: "esm" | "script";
  readonly length: number;
}

/** @throws LoaderError ERR_ARTIFACT_INVALID */
function decode(bytes: Uint8Array<ArrayBuffer>): KeptProgram {
  try {
    return decodeParts(bytes);
  } catch (cause) {
    throw new LoaderError("ERR_ARTIFACT_INVALID", "The stored image of a program cannot be read", {}, cause);
  }
}

function decodeParts(bytes: Uint8Array<ArrayBuffer>): KeptProgram {
  const decoder = new TextDecoder();
  let at = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(decoder.decode(bytes.subarray(4, at))) as Omit<KeptProgram, "image"> & {
    image: Omit<Image, "modules"> & { modules: KeptModule[] };
  };
  const modules = head.image.modules.map(({ url, kind, length }) => {
    const code = decoder.decode(bytes.subarray(at, at + length));
    at += length;
    return { url, kind, code };
  });
  return { ...head, image: { ...head.image, modules } };
}

async function readKept(
  inputs: string,
  { store, emit }: LoadContext,
): Promise<{ program: KeptProgram; size: number } | undefined> {
  let program: KeptProgram | undefined;
  const check = ({ bytes }: StoredObject): void => {
    program = decode(bytes);
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
  let resumed: Program | undefined;
  let resuming: Promise<Program> | undefined;
  const program = async (): Promise<Program> => {
    resuming ??= resume().catch((error: unknown) => {
      resuming = undefined;
      throw error;
    });
    resumed = await resuming;
    if (resumed.image.entry !== image.entry)
      throw new LoaderError("ERR_STORE_CORRUPT", "The stored image is not that of the program", {});
    return resumed;
  };
  return {
    image,
    get lockfile() {
      return resumed?.lockfile ?? lockfile;
    },
    get packages() {
      return resumed?.packages ?? packages;
    },
    kept: Promise.resolve(),
    readTypes: async (key) => (await program()).readTypes(key),
    importModule: async (specifier, referrer, type) => (await program()).importModule(specifier, referrer, type),
    readAsset: async (url) => (await program()).readAsset(url),
    linkWorker: async (script) => (await program()).linkWorker(script),
    locate: async (text) => (await program()).locate(text),
  };
}
