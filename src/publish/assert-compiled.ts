import { RbinIndex } from "../artifact/read-rbin.ts";
import { type ErrorJson, LoaderError } from "../errors.ts";

/** So many of a package's problems are told. */
const MOST_PROBLEMS = 20;

/**
 * Refuses a package with files that its entries lead to and that do not parse. What no entry leads to is not looked at; TypeScript is
 * compiled by those who reach it.
 * @param rbin its artifact
 * @param key `name@version`
 * @throws LoaderError ERR_PUBLISH_INVALID with the first file's place, and `problems`: all of them
 */
export function assertCompiled(rbin: Uint8Array<ArrayBuffer>, key: string): void {
  const index = new RbinIndex(rbin, key);
  const problems: ErrorJson[] = [];
  for (const file of index.files.values()) if (file.state === "failed") problems.push(index.error(file));
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.length === 1 ? "" : `, and ${problems.length - 1} more`;
  throw new LoaderError("ERR_PUBLISH_INVALID", `"${key}" does not compile: ${first.message}${others}`, {
    ...first.details,
    package: key,
    problems: problems.slice(0, MOST_PROBLEMS),
  });
}
