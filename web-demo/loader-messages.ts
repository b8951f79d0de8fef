import type { ErrorJson } from "../src/errors.ts";
import type { LoaderEvent } from "../src/events.ts";
import type { LoadOptions, PackageReport, Project } from "../src/loader.ts";
import type { Asset, Image, ImagePart, WorkerProgram, WorkerScript } from "../src/run/image.ts";

/** What a program is made of; changes when the running program imports more. */
export interface ProgramFacts {
  readonly lockfile: string;
  readonly packages: readonly PackageReport[];
}

/** What the page asks of the loader's worker, and what the answer to it holds. */
export interface LoaderCalls {
  load: {
    request: { project: Project; options: Omit<LoadOptions, "signal"> };
    answer: ProgramFacts & { image: Image };
  };
  importModule: {
    request: { program: number; specifier: string; referrer: string; type: string | undefined };
    answer: ProgramFacts & { part: ImagePart };
  };
  linkWorker: {
    request: { program: number; script: WorkerScript };
    answer: ProgramFacts & Pick<WorkerProgram, "image" | "scripts">;
  };
  readAsset: { request: { program: number; url: string }; answer: { asset: Asset | undefined } };
  locate: { request: { program: number; text: string }; answer: { text: string } };
  checkLockfile: { request: { text: string }; answer: { packages: number } };
}

export type CallName = keyof LoaderCalls;

/** One call: its name and what goes with it. */
export type LoaderCall = { [Name in CallName]: { name: Name; request: LoaderCalls[Name]["request"] } }[CallName];

/** Page to worker. The id of a `load` or a `linkWorker` is also the name of the program it makes. */
export type LoaderRequest =
  | { kind: "call"; id: number; call: LoaderCall }
  | { kind: "cancel"; id: number }
  | { kind: "release"; program: number };

/** Worker to page: one settling answer for every call, and the loader's events as they happen. */
export type LoaderResponse =
  | { kind: "event"; event: LoaderEvent }
  | { kind: "answer"; id: number; answer: LoaderCalls[CallName]["answer"] }
  | { kind: "failed"; id: number; error: ErrorJson }
  | { kind: "aborted"; id: number }
  | { kind: "crashed"; id: number; message: string };
