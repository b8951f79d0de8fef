import type { EntryCase, Kinds, PackageCase } from "./read-cases.ts";

/** What a probe says, in this order: its exports first, then one answer for every smoke check. */
export type ProbeMessage =
  | { readonly kind: "exports"; readonly kinds: Kinds }
  | { readonly kind: "smoke"; readonly index: number; readonly json: string }
  | { readonly kind: "smoke"; readonly index: number; readonly error: string };

/** The key under which a frame's message is one of ours. */
export const PROBE_KEY = "raya-compat";

/**
 * The project that imports an entry and posts to its page what it finds. What it needs of the realm is taken by a module
 * that runs before the package does: packages replace globals.
 */
export function probeProgram(entry: EntryCase, peers: PackageCase["peers"]): Record<string, string> {
  const expressions = entry.checks.map(({ expression }) => expression);
  return {
    "/main.js": `import "./post.js";
import * as ns from ${JSON.stringify(entry.specifier)};
import { probe } from "./probe.js";

void probe(ns, ${JSON.stringify(expressions)});
${pinned(peers)}`,
    "/post.js": POST,
    "/probe.js": PROBE,
  };
}

/** An import that is never called locks a version and loads nothing. */
function pinned(peers: PackageCase["peers"]): string {
  const imports = Object.entries(peers).map(([name, version]) => `import(${JSON.stringify(`${name}@${version}`)})`);
  return imports.length === 0 ? "" : `export const installed = () => [${imports.join(", ")}];\n`;
}

const POST = `const page = window.parent;
const send = page.postMessage.bind(page);

export const post = (message) => send({ [${JSON.stringify(PROBE_KEY)}]: message }, "*");
`;

const PROBE = `import { post } from "./post.js";

/** Looks from a task of its own: some packages finish their exports in microtasks, as \`await import()\` lets them. */
export async function probe(ns, expressions) {
  await new Promise((resolve) => setTimeout(resolve));
  const kinds = Object.create(null);
  for (const name of Object.keys(ns)) kinds[name] = kindOf(ns, name);
  post({ kind: "exports", kinds });
  expressions.forEach((expression, index) => void check(ns, expression, index));
}

function kindOf(ns, name) {
  try {
    return typeof ns[name];
  } catch {
    return "throws";
  }
}

async function check(ns, expression, index) {
  try {
    const main = (ns.default && ns.default.__esModule && ns.default.default) ?? ns.default ?? ns;
    const value = await bodyOf(expression)(ns, main);
    post({ kind: "smoke", index, json: JSON.stringify(value) ?? "null" });
  } catch (error) {
    post({ kind: "smoke", index, error: String(error) });
  }
}

const AsyncFunction = (async () => {}).constructor;

function bodyOf(expression) {
  try {
    return new AsyncFunction("m", "d", "return (" + expression + "\\n)");
  } catch {
    return new AsyncFunction("m", "d", expression);
  }
}
`;
