import { LoaderError } from "../../src/errors.ts";

/** What `POST /run` is asked for. */
export interface RunRequest {
  /** Text by absolute path. */
  readonly files: Readonly<Record<string, string>>;
  readonly entry: string;
  /** Text of a `raya.lock`. */
  readonly lockfile?: string;
  readonly mode?: "production" | "development";
  /** What the program is asked; default `GET /`. */
  readonly request: ProgramRequest;
}

/** A request to the program. */
export interface ProgramRequest {
  readonly method: string;
  /** Begins with `/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Most bytes of a request. */
const LIMIT = 2 * 1024 * 1024;

/**
 * Reads the body of a `POST /run`.
 * @throws LoaderError ERR_SIZE_LIMIT, ERR_REQUEST_INVALID
 */
export async function readRunRequest(request: Request): Promise<RunRequest> {
  // A page of another origin cannot send this type without asking first.
  const type = request.headers.get("content-type")?.split(";")[0]?.trim();
  if (type !== "application/json") throw invalid(`its type is ${type ?? "missing"}, and not application/json`);
  const { files, entry, lockfile, mode, request: given = {} } = parseObject(await readText(request));
  if (!isTexts(files)) throw invalid("`files` is no object of texts by path");
  if (typeof entry !== "string" || !Object.hasOwn(files, entry)) throw invalid("`entry` is none of `files`");
  if (lockfile !== undefined && typeof lockfile !== "string") throw invalid("`lockfile` is no text");
  if (mode !== undefined && mode !== "production" && mode !== "development")
    throw invalid("`mode` is neither production nor development");
  return {
    files,
    entry,
    ...(lockfile === undefined ? {} : { lockfile }),
    ...(mode === undefined ? {} : { mode }),
    request: readProgramRequest(given),
  };
}

function readProgramRequest(given: unknown): ProgramRequest {
  if (typeof given !== "object" || given === null) throw invalid("`request` is no object");
  const { method = "GET", path = "/", headers = {}, body } = given as Record<string, unknown>;
  if (typeof method !== "string" || !/^[A-Z]{1,16}$/.test(method)) throw invalid("`request.method` is no method");
  if (typeof path !== "string" || !path.startsWith("/")) throw invalid("`request.path` does not begin with /");
  if (!isTexts(headers)) throw invalid("`request.headers` is no object of texts");
  if (body !== undefined && typeof body !== "string") throw invalid("`request.body` is no text");
  return { method, path, headers, ...(body === undefined ? {} : { body }) };
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > LIMIT)
      throw new LoaderError("ERR_SIZE_LIMIT", `The request is larger than ${LIMIT} bytes`, { limit: LIMIT });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid("it is not JSON");
  }
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw invalid("it is no object");
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");
}

function invalid(why: string): LoaderError {
  return new LoaderError("ERR_REQUEST_INVALID", `The request to run a program cannot be read: ${why}`);
}
