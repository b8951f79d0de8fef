import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Outcome, TestProgram } from "./program.ts";

const CHILD = fileURLToPath(new URL("native-files-child.ts", import.meta.url));

/** What the child is asked, and answers, one program at a time. */
export interface FilesTask {
  readonly program: TestProgram;
  readonly patience: number;
}

/** Node running programs from real files, in a process of its own. */
export class NativeFiles {
  readonly #child: ChildProcess = fork(CHILD, { execArgv: ["--no-warnings"] });

  run(program: TestProgram, patience: number): Promise<Outcome> {
    const task: FilesTask = { program, patience };
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error("The process that runs real files has ended"));
      this.#child.once("exit", ended);
      this.#child.once("message", (outcome: Outcome) => {
        this.#child.off("exit", ended);
        resolve(outcome);
      });
      this.#child.send(task);
    });
  }

  close(): void {
    this.#child.disconnect();
  }
}
