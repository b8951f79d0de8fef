import { LoaderError } from "../../src/errors.ts";
import type { ContentStore } from "../../src/store/content-store.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import { encodeText } from "../encode-text.ts";
import { MODULES_PREFIX } from "./module-address.ts";
import { PAGE_RUNTIME } from "./page-runtime.ts";

/** The module that modules import which go out, and its text. */
export interface Runtime {
  readonly address: string;
  readonly text: string;
}

/** This build's runtime, and those of builds before it, whose modules still go out. */
export class RuntimeShelf {
  readonly #store: ContentStore;
  #current: Runtime | undefined;

  constructor(store: ContentStore) {
    this.#store = store;
  }

  async current(): Promise<Runtime> {
    // The value, not what becomes it: no request waits for another's promise.
    return (this.#current ??= await this.#keep());
  }

  /** @throws LoaderError ERR_MODULE_NOT_FOUND */
  async at(address: string): Promise<Runtime> {
    const current = await this.current();
    if (address === current.address) return current;
    const earlier = await this.#store.read(`runtime:${address}`, {});
    if (earlier !== undefined) return { address, text: new TextDecoder().decode(earlier.bytes) };
    const hint = "import anew what led here";
    throw new LoaderError("ERR_MODULE_NOT_FOUND", `There is no runtime at "${address}"`, { hint });
  }

  async #keep(): Promise<Runtime> {
    const bytes = encodeText(PAGE_RUNTIME);
    const address = `${MODULES_PREFIX}~raya/${(await sha256Hex(bytes)).slice(0, 32)}/runtime.js`;
    await this.#store.keep(`runtime:${address}`, {}, { bytes });
    return { address, text: PAGE_RUNTIME };
  }
}
