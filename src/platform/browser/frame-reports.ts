import type { RealmServices } from "../../run/image.ts";
import type { ConsoleEntry, FrameReport, RuntimeError } from "./frame-protocol.ts";

/** Name of the frame's own script in stacks. */
export const FRAME_SCRIPT = "raya:frame";

/** The first call of a stack that has a place. */
const PLACE = /(?:\(|at |@|^)([a-z][a-z\d+.-]*:[^\s()]*?):(\d+):(\d+)\)?$/m;

/** What locates texts. */
export interface ReportOptions {
  /** Prefix of the image's URLs: what does not have it names no place of the image. */
  readonly base: string;
  readonly services: Pick<RealmServices, "locate">;
}

/**
 * Makes what a frame reports name the files that somebody wrote: places in images become places in their sources, calls of
 * the loader's own are left out. Asking takes time; what is reported is handed on in the order in which it came.
 */
export class FrameReports {
  readonly #options: ReportOptions;
  #last = Promise.resolve();
  #waiting = 0;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  take(message: FrameReport, deliver: (message: FrameReport) => void): void {
    const located = this.#locateMessage(message);
    if (this.#waiting === 0 && !(located instanceof Promise)) return deliver(located);
    this.#waiting++;
    this.#last = this.#last
      // A report that cannot be located is worth more than none.
      .then(() => located)
      .catch(() => message)
      .then((report) =>
        queueMicrotask(() => {
          this.#waiting--;
          deliver(report);
        }),
      );
  }

  #locateMessage(message: FrameReport): FrameReport | Promise<FrameReport> {
    if (message.type === "error" || message.type === "failed")
      return this.#locateError(message.error).then((error) => ({ ...message, error }));
    if (message.type !== "console") return message;
    const { entry } = message;
    const isPlain = entry.values.every(({ text, detail = "" }) => !this.#hasPlace(text) && !this.#hasPlace(detail));
    return isPlain ? message : this.#locateEntry(entry).then((located) => ({ ...message, entry: located }));
  }

  async #locateEntry({ level, values }: ConsoleEntry): Promise<ConsoleEntry> {
    const located = values.map(async ({ kind, text, detail }) => ({
      kind,
      text: await this.#locate(text),
      ...(detail !== undefined && { detail: await this.#locate(detail) }),
    }));
    return { level, values: await Promise.all(located) };
  }

  /** What the stack says is nearer to the mistake than the place where it was noticed. */
  async #locateError({ file, line, column, stack, ...rest }: RuntimeError): Promise<RuntimeError> {
    const located = stack === undefined ? undefined : await this.#locate(stack);
    const noticed = file === undefined ? "" : await this.#locate(`${file}:${line ?? 1}:${column ?? 1}`);
    return { ...rest, ...(located !== undefined && { stack: located }), ...(placeIn(located) ?? placeIn(noticed)) };
  }

  async #locate(text: string): Promise<string> {
    if (!this.#hasPlace(text)) return text;
    const located = await this.#options.services.locate(text);
    return located
      .split("\n")
      .filter((line) => !(line.includes(`${FRAME_SCRIPT}:`) && /:\d+:\d+\)?$/.test(line)))
      .join("\n");
  }

  #hasPlace(text: string): boolean {
    return text.includes(this.#options.base) || text.includes(FRAME_SCRIPT);
  }
}

function placeIn(text = ""): Pick<RuntimeError, "file" | "line" | "column"> | undefined {
  const [, file, line, column] = PLACE.exec(text) ?? [];
  return file === undefined ? undefined : { file, line: Number(line), column: Number(column) };
}
