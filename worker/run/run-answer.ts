import { LoaderError } from "../../src/errors.ts";

/** What a program answered, as JSON: on this origin it must never be a page. */
export interface ProgramAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** How `body` is written down: `base64` where it is no UTF-8. */
  readonly encoding: "utf-8" | "base64";
}

/** Most bytes of an answer. */
const LIMIT = 1024 * 1024;

/** @throws LoaderError ERR_SIZE_LIMIT */
export async function readAnswer(response: Response): Promise<ProgramAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LIMIT)
      throw new LoaderError("ERR_SIZE_LIMIT", `The program's answer is larger than ${LIMIT} bytes`, { limit: LIMIT });
    chunks.push(chunk);
  }
  const bytes = await new Blob(chunks).bytes();
  const { status, headers } = response;
  return { status, headers: [...headers], ...writeBody(bytes) };
}

function writeBody(bytes: Uint8Array): Pick<ProgramAnswer, "body" | "encoding"> {
  try {
    return { body: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes), encoding: "utf-8" };
  } catch {
    const characters = Array.from(bytes, (byte) => String.fromCharCode(byte));
    return { body: btoa(characters.join("")), encoding: "base64" };
  }
}
