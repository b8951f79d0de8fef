import { parse, TomlError } from "smol-toml";
import type { LoaderError } from "../errors.ts";

export type TomlTable = Readonly<Record<string, unknown>>;

/**
 * Parses TOML.
 * @param invalid makes the error: what is wrong, and on which line, counted from 1. The parser's own error has the lines
 * around it too, where a secret may be, and is not given on
 * @throws what `invalid` makes
 */
export function parseToml(text: string, invalid: (reason: string, line: number | undefined) => LoaderError): TomlTable {
  try {
    return parse(text);
  } catch (cause) {
    const [reason = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw invalid(`it is not TOML: ${reason}`, cause instanceof TomlError ? cause.line : undefined);
  }
}
