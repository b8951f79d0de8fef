import { type ErrorDetails, LoaderError } from "../errors.ts";

/**
 * Follows the dependencies of a package, for languages that do not allow cycles as JavaScript does (seed items L45, L49).
 * `dependenciesOf` gives what a package names, itself a package or nothing.
 * @throws LoaderError PKG-004; `details.chain` is the cycle, from the package back to itself
 */
export function assertNoPackageCycle(
  root: string,
  dependenciesOf: (name: string) => Iterable<string>,
  details: ErrorDetails,
): void {
  const done = new Set<string>();
  const stack: { name: string; rest: Iterator<string> }[] = [];
  const enter = (name: string): void => {
    const from = stack.findIndex((open) => open.name === name);
    if (from !== -1) throw cycleError([...stack.slice(from).map((open) => open.name), name], details);
    if (!done.has(name)) stack.push({ name, rest: dependenciesOf(name)[Symbol.iterator]() });
  };
  enter(root);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.rest.next();
    if (next.done !== true) enter(next.value);
    else {
      done.add(top.name);
      stack.pop();
    }
  }
}

function cycleError(chain: readonly string[], details: ErrorDetails): LoaderError {
  return new LoaderError("PKG-004", `"${chain[0]}" depends on itself: ${chain.join(" → ")}`, { ...details, chain });
}
