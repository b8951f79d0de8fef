import { type ErrorJson, isLoaderError } from "../errors.ts";
import type { ModuleReference } from "../link/module-graph.ts";
import { type ReadSpecifier, readSpecifier } from "../link/read-specifier.ts";
import type { LinkContext, ResolveRequest } from "../link/link-context.ts";
import { viewOf } from "../link/module-references.ts";
import { resolveRequest } from "../link/resolve-request.ts";
import { browserRules } from "../resolve/entry-rules.ts";
import { requestKey } from "../resolve/package-request.ts";
import { lookup } from "../lock/lock.ts";
import { builtinSource } from "../resolve/builtin-table.ts";
import { requestedPackage } from "../resolve/locked-dependency.ts";
import type { PackageSpecifier } from "../specifier/package-specifier.ts";
import type { Specifier } from "../specifier/parse-specifier.ts";
import { explainEntry } from "./explain-entry.ts";

/** Which rule made a step. */
export type ExplainRule =
  /** What the text of the specifier says. */
  | "specifier"
  /** A file of the project, or what its package.json says. */
  | "project"
  /** The program's import map. */
  | "import-map"
  /** A plug-in resolver. */
  | "resolver"
  /** A line of the lockfile. */
  | "lock"
  /** A package's `exports`. */
  | "exports"
  /** A field of package.json that names an entry: `browser`, `module`, `main`. */
  | "field"
  /** A package without either: a path as written, with an ending, as a folder's index. */
  | "probe"
  /** The map of a package's `browser` field. */
  | "browser"
  /** A module of Node. */
  | "builtin";

/** One step of a resolution. */
export interface ExplainStep {
  readonly rule: ExplainRule;
  /** A sentence: what was looked at and what it says. */
  readonly because: string;
  /** What it was looked up in, where that is text that a person can open: `raya.lock`, `react@19.2.0/package.json`. */
  readonly source?: string;
  /** The entry there: `imports["react@*"]`, `exports["."].default`. */
  readonly entry?: string;
  /** What is known after it: a path, `name@version`, a URL. */
  readonly gives: string;
}

/** Where a specifier goes. */
export interface ExplainedTarget {
  readonly kind: ModuleReference["owner"]["kind"];
  /** The module's URL in the program. */
  readonly url: string;
  /** Path in the project or the package. */
  readonly path: string;
  /** `name@version` */
  readonly package?: string;
}

/** Where a specifier goes, and why. */
export interface RequestExplanation {
  readonly steps: readonly ExplainStep[];
  /** Undefined where it goes nowhere. */
  readonly target?: ExplainedTarget;
  /** Why it goes nowhere: what the loader would say. */
  readonly error?: ErrorJson;
}

/** Resolves a request of a project's file as the loader does, and tells the steps. */
export async function explainRequest(request: ResolveRequest, context: LinkContext): Promise<RequestExplanation> {
  const steps: ExplainStep[] = [];
  try {
    const { specifier: parsed, mappedBy } = await readSpecifier(request, context);
    steps.push(...(mappedBy === undefined ? stepOfText(parsed, request) : mappedStep(parsed, mappedBy, request)));
    const answer = resolveRequest(request, context);
    // The steps that led there are told even where it fails.
    answer.catch(() => undefined);
    steps.push(...(await lookUp(parsed, request, context, answer)));
    return { steps, target: targetOf(await answer) };
  } catch (error) {
    if (!isLoaderError(error)) throw error;
    return { steps, error: error.toJSON() };
  }
}

function targetOf({ owner, url, path }: ModuleReference): ExplainedTarget {
  return { kind: owner.kind, url, path, ...(owner.kind === "package" ? { package: owner.key } : {}) };
}

/** What takes the place of the text. */
function mappedStep(
  parsed: Specifier,
  by: NonNullable<ReadSpecifier["mappedBy"]>,
  { specifier }: ResolveRequest,
): ExplainStep[] {
  const gives =
    parsed.kind === "relative"
      ? parsed.path
      : (stepOfText(parsed, { specifier, referrer: ROOT })[0]?.gives ?? specifier);
  if (by === "import map")
    return [{ rule: "import-map", because: `the import map has an entry for "${specifier}"`, gives }];
  if (by !== "project")
    return [{ rule: "resolver", because: `the resolver "${by.name}" has an answer to "${specifier}"`, gives }];
  const because = `"${specifier}" is the project's own, by its package.json, a workspace or its node_modules`;
  return [{ rule: "project", because, gives }];
}

/** Where what is mapped is read from. */
const ROOT: ResolveRequest["referrer"] = { url: "", owner: { kind: "project" }, path: "/" };

function stepOfText(
  parsed: Specifier,
  { specifier, referrer }: Pick<ResolveRequest, "specifier" | "referrer">,
): ExplainStep[] {
  const step = (because: string, gives: string): ExplainStep[] => [{ rule: "specifier", because, gives }];
  switch (parsed.kind) {
    case "relative": {
      const from = referrer.owner.kind === "url" ? referrer.url : `file://${referrer.path}`;
      const path = URL.parse(specifier, from);
      const gives = referrer.owner.kind === "url" ? path?.href : path?.pathname;
      return step(`"${specifier}" is a path, read from "${referrer.path}"`, gives ?? specifier);
    }
    case "package": {
      const { name, range, subpath } = parsed.package;
      const which = range === "*" ? "any version of it" : `versions ${range}`;
      const part = subpath === "." ? "" : `, and in it "${subpath}"`;
      return step(`"${specifier}" names the package "${name}", ${which}${part}`, requestKey({ name, range }));
    }
    case "builtin":
      return step(`"${specifier}" names a module of Node`, `node:${parsed.name}`);
    case "url":
      return step(`"${specifier}" is the address of a module`, parsed.url);
    case "native":
      return step(`"${specifier}" names a module of the host`, `native:${parsed.name}`);
    default:
      return step(`"${specifier}" is of the kind "${parsed.kind}"`, specifier);
  }
}

/** What the specifier leads through. */
async function lookUp(
  parsed: Specifier,
  request: ResolveRequest,
  context: LinkContext,
  answer: Promise<ModuleReference>,
): Promise<ExplainStep[]> {
  switch (parsed.kind) {
    case "relative":
      return inProject(await answer);
    case "package":
      return throughPackage(parsed.package, request, context, answer);
    case "builtin":
      return [builtinStep(parsed.name, context)];
    case "url":
      return lockedUrl(parsed.url, context);
    default:
      return [];
  }
}

function inProject({ owner, path, url }: ModuleReference): ExplainStep[] {
  if (owner.kind !== "project")
    return [{ rule: "specifier", because: "it is read from the module's own URL", gives: url }];
  return [{ rule: "project", because: `the project has the file "${path}"`, gives: path }];
}

function lockedUrl(url: string, { sources }: LinkContext): ExplainStep[] {
  const locked = lookup(sources.lockfile().urls, url);
  if (locked === undefined) return [];
  const because = `the lockfile has it with the integrity ${locked.integrity}`;
  return [
    { rule: "lock", because, source: "raya.lock", entry: `url = ${JSON.stringify(url)}`, gives: locked.resolved },
  ];
}

function builtinStep(name: string, { nativeBuiltins, sources }: LinkContext): ExplainStep {
  const gives = `node:${name}`;
  if (nativeBuiltins.has(name)) return { rule: "builtin", because: "this runtime has it itself", gives };
  const locked = lookup(sources.lockfile().builtins, name);
  if (locked !== undefined) {
    const because = `"${locked.package}" stands in for it where it is missing`;
    return { rule: "lock", because, source: "raya.lock", entry: `builtins["${gives}"]`, gives: locked.package };
  }
  if (builtinSource(name)?.missing === true)
    return {
      rule: "builtin",
      because: "browsers have nothing like it: its functions throw when they are called",
      gives,
    };
  return { rule: "builtin", because: "Raya brings it along", gives };
}

async function throughPackage(
  { name, range, subpath }: PackageSpecifier,
  request: ResolveRequest,
  context: LinkContext,
  answer: Promise<ModuleReference>,
): Promise<ExplainStep[]> {
  const found = lockedStep({ name, range }, request, context);
  if (found === undefined) return [];
  const { gives: key } = found;
  const steps: ExplainStep[] = [found];
  const artifact = await attemptArtifact(key, request, context);
  if (artifact === undefined) return steps;
  const rules = browserRules(request.kind, context.mode, context.conditions);
  steps.push(...explainEntry(viewOf(key, artifact), subpath, rules, request.details));
  // Where nothing decides, the answer is an error.
  const last = steps.at(-1)?.gives ?? key;
  return last === key ? steps : [...steps, ...(await elsewhere(key, last, answer))];
}

/** The line of the lockfile that says which package a request of the project means. */
function lockedStep(
  wanted: Pick<PackageSpecifier, "name" | "range">,
  { referrer: { owner, path } }: ResolveRequest,
  { sources }: LinkContext,
): ExplainStep | undefined {
  const lock = sources.lockfile();
  const id = requestedPackage(lock, owner.kind === "project" ? path : "/", wanted);
  const locked = id === undefined ? undefined : lookup(lock.packages, id);
  if (id === undefined || locked === undefined) return undefined;
  const asked = requestKey(wanted);
  const isDeclared = lookup(lock.imports, asked) !== id;
  const because = isDeclared
    ? `the project asks for "${wanted.name}" in its manifest, and the lockfile has it at ${locked.version}`
    : `the lockfile has "${asked}" at ${locked.version}`;
  const entry = isDeclared
    ? `importer dependencies[${JSON.stringify(wanted.name)}]`
    : `imports[${JSON.stringify(asked)}]`;
  return { rule: "lock", because, source: "raya.lock", entry, gives: id };
}

/** Undefined where it is not stored: that is what the answer says. */
async function attemptArtifact(key: string, { details }: ResolveRequest, { sources }: LinkContext) {
  try {
    return await sources.artifact(key, details.referrer ?? "");
  } catch (error) {
    if (isLoaderError(error)) return undefined;
    throw error;
  }
}

/** Where a package's `browser` map sends whoever asks on to another package. */
async function elsewhere(key: string, last: string, answer: Promise<ModuleReference>): Promise<ExplainStep[]> {
  const { owner, path } = await answer;
  const gives = owner.kind === "package" ? `${owner.key}/${path}` : path;
  if (gives === last) return [];
  if (owner.kind !== "package") return [{ rule: "builtin", because: `"${key}" means a module of Node by it`, gives }];
  const because = `"${owner.key}" is what "${key}" means by it`;
  return [{ rule: "lock", because, source: "raya.lock", entry: `dependencies of ${JSON.stringify(key)}`, gives }];
}
