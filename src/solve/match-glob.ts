/**
 * Whether a path matches a pattern of `workspaces`: `*` and `?` within a folder's name, `**` for any number of folders,
 * `{a,b}` for either.
 */
export function matchesGlob(path: string, glob: string): boolean {
  return expandBraces(glob).some((one) => matchesFrom(path.split("/"), one.split("/")));
}

function matchesFrom(folders: readonly string[], patterns: readonly string[]): boolean {
  const [pattern, ...others] = patterns;
  if (pattern === undefined) return folders.length === 0;
  if (pattern === "**")
    return folders.some((_, index) => matchesFrom(folders.slice(index), others)) || others.length === 0;
  const [folder, ...deeper] = folders;
  return folder !== undefined && matchesName(folder, pattern) && matchesFrom(deeper, others);
}

/** With one place to go back to, the last star: never more than a square of steps. */
function matchesName(name: string, pattern: string): boolean {
  let [at, next, star, mark] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[next] === "*") [star, mark] = [next++, at];
    else if (pattern[next] === "?" || pattern[next] === name[at]) [at, next] = [at + 1, next + 1];
    else if (star === -1) return false;
    else [next, at] = [star + 1, ++mark];
  }
  return /^\**$/.test(pattern.slice(next));
}

function expandBraces(glob: string): string[] {
  const braces = /^([^{]*)\{([^{}]*)\}(.*)$/.exec(glob);
  if (braces === null) return [glob];
  const [, before = "", choices = "", after = ""] = braces;
  return choices.split(",").flatMap((choice) => expandBraces(`${before}${choice}${after}`));
}
