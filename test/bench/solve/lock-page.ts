import { readLock } from "../../../src/lock/read-lock.ts";

export type LockText = "toml" | "json";

/** What the page can do. */
export interface LockBench {
  prepare(): Promise<void>;
  /** Milliseconds of each reading, the page's first one first. */
  read(form: LockText, rounds: number): number[];
}

declare global {
  interface Window {
    lockBench: LockBench;
  }
}

let texts: Readonly<Record<LockText, string>> = { toml: "", json: "" };

window.lockBench = {
  async prepare() {
    texts = (await (await fetch("/lock")).json()) as Record<LockText, string>;
  },
  read(form, rounds) {
    return Array.from({ length: rounds }, () => {
      const started = performance.now();
      readLock(texts[form]);
      return performance.now() - started;
    });
  },
};
