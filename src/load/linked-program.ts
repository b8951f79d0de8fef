import { COMPILER_ID } from "../compile/compile-objects.ts";
import { isLoaderError, LoaderError } from "../errors.ts";
import { LINKER_ID } from "../link/create-linker.ts";
import type { LoadOptions, PackageReport, Program, Project } from "../loader.ts";
import { parseLockfile } from "../resolve/lockfile.ts";
import type { Image } from "../run/image.ts";
import { sha256Hex } from "../verify/digest.ts";
import type { LoadContext } from "./load-context.ts";

/** What is kept of a linked program, so that its second start reads one object. */
interface KeptProgram {
  readonly inputs: string;
  readonly image: Image;
  readonly lockfile: string;
  readonly packages: readonly PackageReport[];
}

/** Where a program is kept, and what it must have been made from. */
interface Place {
  readonly key: string;
  /** Of everything that decides what the linker makes, 64 hex digits. */
  readonly inputs: string;
}

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
  const { key, inputs } = await placeOf(project, lockfile, options, context);
  const record = await context.host.records.read(key);
  if (record === undefined || readInputs(record.metadata) !== inputs) return undefined;
  const kept = await readKept(key, inputs, context);
  if (kept === undefined) return undefined;
  context.emit({ stage: "link", kind: "hit", subject: "program", bytes: record.size });
  return createResumable(kept, resume);
}

/** Keeps a program for its next start, in the place of what was kept of the one that looked like it. */
export async function keepLinkedProgram(
  project: Project,
  options: LoadOptions,
  context: LoadContext,
  program: Program,
): Promise<void> {
  const { image, lockfile, packages } = program;
  const { key, inputs } = await placeOf(project, lockfile, options, context);
  const before = await context.host.records.read(key);
  const record = await context.store.keep(
    key,
    {},
    { bytes: encode({ inputs, image, lockfile, packages }), metadata: { inputs } },
  );
  // Nothing else points at an image: what it has been replaced by is all that is left of it.
  if (before !== undefined && before.digest !== record.digest) await context.host.bytes.delete(before.digest);
}

/** Programs of one entry and the same imports share a place: there is one image for the many versions of a file that is edited. */
async function placeOf(
  { files, entry }: Project,
  lockfile: string,
  options: LoadOptions,
  context: LoadContext,
): Promise<Place> {
  const { base, linking = "image", sourceMaps = false, builtins } = context.options;
  const mode = options.mode ?? context.mode;
  const imports = Object.keys(parseLockfile(lockfile).imports).toSorted();
  const settings = { base, linking, sourceMaps, mode, builtins: [...(builtins ?? context.host.builtins ?? [])] };
  const made = {
    compiler: COMPILER_ID,
    linker: LINKER_ID,
    settings,
    entry,
    files: Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    lockfile,
  };
  return {
    key: `image:${await digest({ settings, entry, imports })}`,
    inputs: await digest(made),
  };
}

function digest(value: unknown): Promise<string> {
  return sha256Hex(new TextEncoder().encode(JSON.stringify(value)));
}

function readInputs(metadata: unknown): unknown {
  return typeof metadata === "object" && metadata !== null && "inputs" in metadata ? metadata.inputs : undefined;
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

/** What is stored and damaged, or not what its key says, is thrown away; the program is linked again. */
async function readKept(key: string, inputs: string, { store, emit }: LoadContext): Promise<KeptProgram | undefined> {
  let kept: KeptProgram | undefined;
  try {
    await store.read(key, {}, ({ bytes }) => {
      kept = decode(bytes);
      if (kept.inputs !== inputs)
        throw new LoaderError("ERR_ARTIFACT_INVALID", "It is the image of another program", {
          expected: inputs,
          actual: kept.inputs,
        });
    });
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_STORE_CORRUPT") throw error;
    emit({ stage: "store", kind: "heal", subject: "program" });
    return undefined;
  }
  return kept;
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
      return resumed?.packages ?? packages.map((report) => ({ ...report, source: "browser" as const }));
    },
    importModule: async (specifier, referrer, type) => (await program()).importModule(specifier, referrer, type),
    readAsset: async (url) => (await program()).readAsset(url),
    linkWorker: async (script) => (await program()).linkWorker(script),
    locate: async (text) => (await program()).locate(text),
  };
}
