import type { ExportBinder } from "../bind-symbols.ts";
import type { LinkedModule } from "../linked-module.ts";

/** What an image is made of. */
export interface ImagePlan {
  /** Number of the image in its realm, from 0. */
  readonly image: number;
  readonly entry: LinkedModule;
  /** Modules that run when the image starts, in order. */
  readonly order: readonly LinkedModule[];
  /** All modules that it has something of. */
  readonly modules: readonly LinkedModule[];
  /** Modules whose namespace objects it makes. */
  readonly namespaces: readonly LinkedModule[];
  /** Later images may refer to what this one has. */
  readonly shared: boolean;
  readonly mode: string;
  readonly binder: ExportBinder;
  /** Whether the importing side sees CommonJS as Node does. */
  readonly entryNodeMode: boolean;
}
