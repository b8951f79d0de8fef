import { parse, TomlError } from "smol-toml";
import { LoaderError } from "../errors.ts";
import { type InvalidAt, invalidInJson, invalidInToml, invalidLine, invalidLock } from "./invalid-lock.ts";
import { type Lock, LOCK_VERSION } from "./lock.ts";
import { isTable, type Table } from "./lock-fields.ts";
import { parsePrintedToml } from "./parse-printed-toml.ts";
import { readDocument } from "./read-document.ts";
import { upgradeDocument } from "./upgrade-document.ts";
import { sectionIndex, verifyLock } from "./verify-lock.ts";

/**
 * Reads a lock of any version up to `LOCK_VERSION`, TOML or JSON, and checks that it is whole.
 * @throws LoaderError ERR_LOCKFILE_INVALID with the line where the text is TOML; ERR_LOCKFILE_VERSION when a newer Raya
 * made it.
 */
export function readLock(text: string): Lock {
  const isJson = text.trimStart().startsWith("{");
  const invalid = isJson ? invalidInJson : invalidInToml(text);
  const lock = readDocument(currentDocument(isJson ? parseJson(text) : parseToml(text), invalid), invalid);
  const [problem] = verifyLock(lock);
  if (problem === undefined) return lock;
  const { section, key, fields, reason } = problem;
  throw invalid([section, sectionIndex(lock, section, key), ...fields], reason);
}

function currentDocument(root: Table, invalid: InvalidAt): Table {
  const version = root["version"];
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1)
    throw invalid(["version"], "it has no version");
  if (version > LOCK_VERSION) {
    throw new LoaderError(
      "ERR_LOCKFILE_VERSION",
      `The lockfile has version ${version}, this Raya reads up to ${LOCK_VERSION}`,
      { expected: String(LOCK_VERSION), actual: String(version) },
    );
  }
  return version === 1 ? upgradeDocument(root, invalid) : root;
}

function parseToml(text: string): Table {
  try {
    return parsePrintedToml(text) ?? parse(text);
  } catch (cause) {
    const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/m.exec(text);
    if (conflict !== null) {
      const line = text.slice(0, conflict.index).split("\n").length;
      throw invalidLine(text, line, "git left the marks of a merge conflict in it");
    }
    const [reason = ""] = String(cause instanceof Error ? cause.message : cause).split("\n");
    if (cause instanceof TomlError) throw invalidLine(text, cause.line, `it is not TOML: ${reason}`);
    throw invalidLock(`it is not TOML: ${reason}`, cause);
  }
}

function parseJson(text: string): Table {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (cause) {
    throw invalidLock(`it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (!isTable(root)) throw invalidLock("it is not an object");
  return root;
}
