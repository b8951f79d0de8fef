import type { LoaderEvent } from "../src/events.ts";
import type { PackageReport } from "../src/loader.ts";
import type { RunState } from "./run-controller.ts";

/** `window.raya`: the playground by hand, in the devtools console and in tests. */
export interface ConsoleApi {
  /** Puts a program in. `files` by absolute path; `entry` defaults to `/main.tsx`, else the first file. */
  setProject(files: Readonly<Record<string, string>>, entry?: string): void;
  /**
   * Runs it and gives how that ended: `done` once the entry has been evaluated, `failed` or `stopped`. `mode` is its
   * `process.env.NODE_ENV`, default `production`.
   */
  run(options?: { readonly mode?: "production" | "development" }): Promise<RunState>;
  /** Ends the run. */
  stop(): void;
  /** Text of the program's lockfile, null before the first run. */
  getLockfile(): string | null;
  /** Gives the program a lockfile, null takes it away. @throws LoaderError when it is not one */
  setLockfile(text: string | null): Promise<void>;
  /** What the loader told during the latest run. */
  readonly events: readonly LoaderEvent[];
  /** What the latest run loaded. */
  readonly packages: readonly PackageReport[];
  /** Why the latest run failed. */
  readonly error: unknown;
}

declare global {
  interface Window {
    raya: ConsoleApi;
  }
}
