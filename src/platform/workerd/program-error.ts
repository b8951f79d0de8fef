import { type ErrorDetails, isErrorJson, LoaderError } from "../../errors.ts";
import type { RealmServices } from "../../run/image.ts";
import { RUNTIME_NAME } from "./isolate-parts.ts";

/** An error as an isolate describes it. */
export interface ThrownJson {
  readonly name?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ThrownJson;
  readonly code?: string;
  readonly details?: unknown;
}

/** The first call of a stack that has a place. */
const PLACE = /^\s+at (?:.* \()?(\S+?):(\d+):(\d+)\)?$/m;
/** Calls that are neither the program's nor a package's: of the isolate's main module, and of the runtime. */
const OWN_CALL = new RegExp(`^\\s+at .*(?:${RUNTIME_NAME.replace(".", "\\.")}|\\braya-main\\.js):\\d+:\\d+\\)?$`);

/** What a program threw, as whoever runs it hears of it: its stacks name the files that somebody wrote. */
export async function programError(thrown: ThrownJson, services: Pick<RealmServices, "locate">): Promise<LoaderError> {
  const { code, message, details = {} } = thrown;
  const known = { code, message, details };
  if (thrown.name === "LoaderError" && isErrorJson(known)) return LoaderError.fromJSON(known);
  const cause = await rebuild(thrown, services);
  return new LoaderError("ERR_EVALUATION_FAILED", `The program threw: ${message}`, placeOf(cause.stack), cause);
}

async function rebuild(thrown: ThrownJson, services: Pick<RealmServices, "locate">): Promise<Error> {
  const cause = thrown.cause === undefined ? undefined : await rebuild(thrown.cause, services);
  const error = new Error(thrown.message, cause === undefined ? undefined : { cause });
  if (thrown.name !== undefined) error.name = thrown.name;
  error.stack = await locateStack(thrown.stack ?? `${error.name}: ${thrown.message}`, services);
  if (thrown.code !== undefined) Object.assign(error, { code: thrown.code });
  return error;
}

/** A stack, or a message that names places, without the calls that are the loader's. */
export async function locateStack(stack: string, services: Pick<RealmServices, "locate">): Promise<string> {
  const located = await services.locate(stack);
  return located
    .split("\n")
    .filter((line) => !OWN_CALL.test(line))
    .join("\n");
}

function placeOf(stack = ""): Pick<ErrorDetails, "file" | "line" | "column"> {
  const [, file, line, column] = PLACE.exec(stack) ?? [];
  return file === undefined ? {} : { file, line: Number(line), column: Number(column) };
}
