import type { Limits } from "../src/limits.ts";

/** Makes artifacts of archives. */
export interface ArtifactCompiler {
  /** Names it: who asks for an artifact says which compiler's. */
  readonly id: string;
  /**
   * Gives the `.rbin` in pieces.
   * @param key `name@version`
   * @throws LoaderError
   */
  compile(archive: Uint8Array<ArrayBuffer>, key: string, limits: Limits): Promise<readonly Uint8Array[]>;
  /**
   * Gives the source maps that the package has of its modules (`src/artifact/package-maps.ts`). Without it nobody is sent any.
   * @throws LoaderError
   */
  readonly maps?: (archive: Uint8Array<ArrayBuffer>, key: string, limits: Limits) => Promise<Uint8Array<ArrayBuffer>>;
}
