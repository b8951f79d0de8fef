import type { Limits } from "../src/limits.ts";

/** Makes artifacts of archives. */
export interface ArtifactCompiler {
  /** Names it: who asks for an artifact says which compiler's. */
  readonly id: string;
  /** @throws LoaderError */
  compile(
    archive: Uint8Array<ArrayBuffer>,
    origin: { readonly key: string; readonly integrity: string },
    limits: Limits,
  ): Promise<Uint8Array<ArrayBuffer>>;
}
