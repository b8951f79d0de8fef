import { isLoaderError } from "../errors.ts";
import { type ExportsContext, resolveExports } from "../resolve/package-exports.ts";

/** The entry of a package's `exports` that decides about a subpath. */
export interface ExportsTrail {
  /** `exports["./client"].browser`: as it is found in package.json. */
  readonly entry: string;
  /** Conditions on the way that were passed over, as they are not in force. */
  readonly skipped: readonly string[];
  /** What stands there. */
  readonly target: string;
  /** The path in the package, `./x`. */
  readonly path: string;
}

/**
 * Finds the entry by which `resolveExports` gives its answer, by asking it about parts of the table: nothing of the
 * algorithm is written down twice.
 * @throws LoaderError what resolveExports throws
 */
export function explainExports(exports: unknown, subpath: string, context: ExportsContext): ExportsTrail {
  const answer = resolveExports(exports, subpath, context);
  const table =
    isTable(exports) && Object.keys(exports).some((key) => key.startsWith(".")) ? exports : { ".": exports };
  const gives = (key: string, value: unknown): boolean =>
    attempt(() => resolveExports({ [key]: value }, subpath, context)) === answer;
  const rest = (key: string) => Object.fromEntries(Object.entries(table).filter(([other]) => other !== key));
  const candidates = Object.keys(table).filter((key) => gives(key, table[key]));
  // Of several patterns that give the same, the one without which another decides.
  const isDecisive = (key: string): boolean =>
    Object.keys(table).length === 1 || attempt(() => resolveExports(rest(key), subpath, context)) !== answer;
  const key =
    candidates.find((candidate) => candidate === subpath) ?? candidates.find(isDecisive) ?? candidates[0] ?? subpath;
  const trail = descend(table[key], (value) => gives(key, value), context.conditions);
  const start = table === exports ? `exports[${JSON.stringify(key)}]` : "exports";
  return { entry: start + trail.path, skipped: trail.skipped, target: trail.target, path: answer };
}

/** Follows the conditions and lists to the text that decides. */
function descend(value: unknown, gives: (value: unknown) => boolean, conditions: ReadonlySet<string>) {
  const skipped: string[] = [];
  let path = "";
  let at = value;
  while (typeof at === "object" && at !== null) {
    const entries = Object.entries(at);
    const isInForce = (name: string): boolean => Array.isArray(at) || name === "default" || conditions.has(name);
    const taken = entries.find(([name, inner]) => isInForce(name) && gives(inner));
    if (taken === undefined) break;
    for (const [name] of entries) {
      if (name === taken[0]) break;
      if (!isInForce(name)) skipped.push(name);
    }
    path += /^[a-z_$][\w$]*$/i.test(taken[0])
      ? `.${taken[0]}`
      : `[${Array.isArray(at) ? taken[0] : JSON.stringify(taken[0])}]`;
    at = taken[1];
  }
  return { path, skipped, target: typeof at === "string" ? at : JSON.stringify(at) };
}

function attempt(resolve: () => string): string | undefined {
  try {
    return resolve();
  } catch (error) {
    if (isLoaderError(error)) return undefined;
    throw error;
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
