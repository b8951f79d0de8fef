import type { ErrorJson } from "../../errors.ts";
import type { Asset, Image, ImagePart, WorkerProgram, WorkerScript } from "../../run/image.ts";

/** A value that was logged, as text: nothing of the frame's objects crosses over. */
export interface ConsoleValue {
  readonly kind:
    | "string"
    | "number"
    | "boolean"
    | "null"
    | "undefined"
    | "symbol"
    | "bigint"
    | "function"
    | "error"
    | "object"
    | "array"
    | "element";
  /** On one line. */
  readonly text: string;
  /** On several lines, where there is more to see. */
  readonly detail?: string;
}

export interface ConsoleEntry {
  readonly level: "log" | "info" | "warn" | "error" | "debug" | "table" | "clear";
  readonly values: readonly ConsoleValue[];
}

/** Something that the program threw. */
export interface RuntimeError {
  readonly message: string;
  readonly stack?: string;
  /** What threw: the URL of a script in the frame, for the page that of a module. Position counted from 1. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Set where Raya itself threw it inside the frame. */
  readonly error?: ErrorJson;
}

/** Frame → page: what happens there. Workers of the frame send the same. */
export type FrameReport =
  | { readonly type: "console"; readonly entry: ConsoleEntry }
  | { readonly type: "error"; readonly error: RuntimeError }
  | { readonly type: "evaluated" }
  /** The frame goes to another document, and with it all that ran there. */
  | { readonly type: "left" }
  | { readonly type: "failed"; readonly error: RuntimeError };

/** Frame → page: what it needs. */
export type FrameRequest =
  | {
      readonly type: "import";
      readonly id: number;
      readonly specifier: string;
      readonly referrer: string;
      /** `type` of the import attributes. */
      readonly attribute: string | undefined;
    }
  | { readonly type: "asset"; readonly id: number; readonly url: string };

/** Frame → page: it has made a worker, whose side of the conversation goes over the port that comes with this. */
export interface FrameWorker {
  readonly type: "worker";
  readonly script: WorkerScript;
}

export type FrameMessage = FrameReport | FrameRequest | FrameWorker;

/** Page → frame, or worker of it. */
export type PageMessage =
  | { readonly type: "start"; readonly image: Image }
  | ({ readonly type: "start-worker" } & Pick<WorkerProgram, "image" | "scripts">)
  /** The worker's program could not be had. */
  | { readonly type: "unstartable"; readonly error: ErrorJson }
  | { readonly type: "imported"; readonly id: number; readonly part: ImagePart }
  | { readonly type: "asset"; readonly id: number; readonly asset: Asset | undefined }
  | { readonly type: "refused"; readonly id: number; readonly error: ErrorJson };
