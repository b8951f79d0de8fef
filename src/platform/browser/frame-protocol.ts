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
  /** Module that threw: its URL. Position counted from 1. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Set where Raya itself threw it inside the frame. */
  readonly error?: ErrorJson;
}

/** Frame or worker → page. */
export type FrameMessage =
  | { readonly type: "console"; readonly entry: ConsoleEntry }
  | { readonly type: "error"; readonly error: RuntimeError }
  | { readonly type: "evaluated" }
  /** The frame goes to another document, and with it all that ran there. */
  | { readonly type: "left" }
  | { readonly type: "failed"; readonly error: RuntimeError }
  | { readonly type: "import"; readonly id: number; readonly specifier: string; readonly referrer: string }
  | { readonly type: "asset"; readonly id: number; readonly url: string }
  /** A new worker, whose side of the conversation goes over the port that comes with it. */
  | { readonly type: "worker"; readonly script: WorkerScript };

/** Page → frame or worker. */
export type PageMessage =
  | { readonly type: "start"; readonly image: Image }
  | ({ readonly type: "start-worker" } & Pick<WorkerProgram, "image" | "scripts">)
  /** The worker's program could not be had. */
  | { readonly type: "unstartable"; readonly error: ErrorJson }
  | { readonly type: "imported"; readonly id: number; readonly part: ImagePart }
  | { readonly type: "asset"; readonly id: number; readonly asset: Asset | undefined }
  | { readonly type: "refused"; readonly id: number; readonly error: ErrorJson };
