import { LoaderError } from "../errors.ts";
import type { Program } from "../loader.ts";
import type { Image, RealmServices } from "../run/image.ts";

/** What answers a program whose image was linked earlier. */
export interface ResumedServices {
  readonly services: RealmServices;
  /**
   * The program, loaded when it is first asked for.
   * @throws LoaderError ERR_IMAGE_MISMATCH; what loading it throws, and then it is tried again
   */
  readonly program: () => Promise<Program>;
  /** Undefined until it has been loaded. */
  readonly resumed: () => Program | undefined;
}

/** Answers what the realm of an image asks for by loading its program, once. */
export function resumeServices(image: Image, load: () => Promise<Program>): ResumedServices {
  let resumed: Program | undefined;
  let resuming: Promise<Program> | undefined;
  const resume = async (): Promise<Program> => {
    const loaded = await load();
    assertSame(loaded.image, image);
    return (resumed = loaded);
  };
  const program = (): Promise<Program> => {
    resuming ??= resume().catch((error: unknown) => {
      resuming = undefined;
      throw error;
    });
    return resuming;
  };
  return {
    program,
    resumed: () => resumed,
    services: {
      importModule: async (specifier, referrer, type) => (await program()).importModule(specifier, referrer, type),
      readAsset: async (url) => (await program()).readAsset(url),
      linkWorker: async (script) => (await program()).linkWorker(script),
      locate: async (text) => (await program()).locate(text),
    },
  };
}

/** What is linked later refers to bindings of the running image by number. */
function assertSame({ modules }: Image, image: Image): void {
  const isSame = ({ url, code }: Image["modules"][number], index: number): boolean =>
    url === image.modules[index]?.url && code === image.modules[index].code;
  if (modules.length === image.modules.length && modules.every(isSame)) return;
  const message =
    "The program that runs is an image of other files, settings or packages than those that are loaded now";
  throw new LoaderError("ERR_IMAGE_MISMATCH", message, { url: image.entry, hint: "make the image again" });
}
