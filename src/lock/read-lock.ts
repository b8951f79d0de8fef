import { LoaderError } from "../errors.ts";
import { parseToml } from "../fetch/parse-toml.ts";
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
  const lock = readDocument(currentDocument(isJson ? parseJson(text) : parseLock(text), invalid), invalid);
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

function parseLock(text: string): Table {
  const printed = parsePrintedToml(text);
  if (printed !== undefined) return printed;
  return parseToml(text, (reason, line) => {
    const conflict = /^(?:<{7}|={7}|>{7}|\|{7})(?: |\r?$)/m.exec(text);
    if (conflict === null) return line === undefined ? invalidLock(reason) : invalidLine(text, line, reason);
    const marked = text.slice(0, conflict.index).split("\n").length;
    return invalidLine(text, marked, "git left the marks of a merge conflict in it");
  });
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
