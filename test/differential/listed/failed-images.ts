import { failureOf } from "../describe.ts";
import { evaluationOrder, type StaticImports } from "./static-imports.ts";

/** Modules that are linked together. */
interface Image {
  failed?: { readonly error: unknown };
}

/** What rewritten programs call. */
export interface FailedImages {
  /** A module has run to its end. */
  ended(path: string): void;
  /** `import()` of a module: fails as images do, else does what `run` does. */
  load(path: string, run: () => Promise<unknown>): Promise<unknown>;
  /** `require()` of an ES module, likewise. */
  require(path: string, run: () => unknown): unknown;
}

/**
 * The rule by which images fail: an image has what its entry reaches and no earlier one has; what of it has not run when a
 * module throws never runs, and whatever reaches that fails with the same error, before anything runs.
 */
export function createFailedImages(imports: StaticImports): FailedImages {
  const images = new Map<string, Image>();
  const done = new Set<string>();
  const reached = (path: string): Set<string> => new Set(evaluationOrder(imports, path));
  const isDead = (path: string): boolean => {
    if (images.get(path)?.failed === undefined) return false;
    // A cycle has run when all of it has.
    return [...reached(path)].some((other) => !done.has(other) && other in imports && reached(other).has(path));
  };
  const load = async (path: string, run: () => Promise<unknown>): Promise<unknown> => {
    const added = evaluationOrder(imports, path, (other) => images.has(other) || !(other in imports));
    const needed = [path, ...added.flatMap((other) => imports[other] ?? [])];
    const image: Image = {};
    const dead = needed.find(isDead);
    for (const other of added) images.set(other, image);
    if (dead !== undefined) Object.assign(image, images.get(dead));
    if (image.failed !== undefined) throw image.failed.error;
    try {
      return await run();
    } catch (error) {
      // What does not link has not become an image.
      if (error instanceof Error && failureOf(error) !== undefined) for (const other of added) images.delete(other);
      else image.failed = { error };
      throw error;
    }
  };
  return {
    ended: (path) => void done.add(path),
    load,
    require: (path, run) => {
      if (isDead(path)) throw images.get(path)?.failed?.error;
      return run();
    },
  };
}
