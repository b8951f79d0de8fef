import { LoaderError } from "../errors.ts";
import type { SolveContext } from "../solve/gather-metadata.ts";
import type { ProjectManifests } from "../solve/project-manifest.ts";
import { readProject } from "../solve/read-project.ts";
import { SemverCache } from "../solve/semver-cache.ts";
import { type VersionPolicy, VersionPicker } from "../solve/version-picker.ts";
import { parsePackageArgument, type RegistrySpec } from "../specifier/dependency-spec.ts";

/** A dependency as it goes into a manifest. */
export interface NewDependency {
  readonly name: string;
  readonly range: string;
}

export interface ArgumentContext {
  readonly metadata: SolveContext;
  readonly manifests: ProjectManifests;
  readonly policy: VersionPolicy;
  /** Write the exact version (P9). */
  readonly exact: boolean;
  /** The name to import it by. */
  readonly alias: string | undefined;
}

const ASKER = "the person who adds it";

/**
 * What is written into a manifest for `name`, `name@range`, `alias@npm:name@range`, a URL, a repository or a path (P17, R52,
 * R55): a range as it is; for a tag, or none, a caret range of the version that it means now.
 * @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_VERSION_NOT_FOUND, ERR_UNSUPPORTED_DEPENDENCY for a place that nothing here
 * can read, ERR_INVALID_LOCAL_PACKAGE, and what parsePackageArgument throws
 */
export async function resolveArgument(argument: string, context: ArgumentContext): Promise<NewDependency> {
  const { name, spec } = parsePackageArgument(argument, { specifier: argument });
  const own = name === undefined ? "" : argument.slice(0, name.length + 1);
  const text = argument.slice(own.length);
  switch (spec.kind) {
    case "version":
    case "range":
    case "tag": {
      const real = name ?? "";
      const range = await registryRange(real, spec, text === "", context);
      const { alias = real } = context;
      return { name: alias, range: alias === real ? range : `npm:${real}@${range}` };
    }
    case "alias": {
      const range = await registryRange(spec.name, spec.wanted, !/^npm:.+@/.test(text), context);
      return { name: context.alias ?? name ?? spec.name, range: `npm:${spec.name}@${range}` };
    }
    case "directory":
    case "link": {
      const range = /^(?:file|link|portal):/.test(text) ? text : `file:${text}`;
      return { name: context.alias ?? name ?? folderName(spec.path, context.manifests), range };
    }
    default:
      return { name: context.alias ?? name ?? (await remoteName(text, context)), range: text };
  }
}

async function registryRange(
  name: string,
  spec: RegistrySpec,
  isBare: boolean,
  context: ArgumentContext,
): Promise<string> {
  if (spec.kind === "version") return spec.version;
  if (spec.kind === "range" && !isBare && !context.exact) return spec.range;
  const workspace = isBare ? workspaceRange(name, context) : undefined;
  if (workspace !== undefined) return workspace;
  const metadata = await context.metadata.packument(name, ASKER);
  const wanted = spec.kind === "tag" ? { ...spec, name } : isBare ? tag(name) : { ...spec, name };
  const picker = new VersionPicker(new SemverCache(), context.policy);
  const picked =
    picker.pick(metadata, wanted) ?? (isBare ? picker.pick(metadata, { kind: "range", name, range: "*" }) : undefined);
  if (picked === undefined) throw picker.noneError(metadata, wanted, ASKER);
  return context.exact ? picked.version : `^${picked.version}`;
}

function tag(name: string): { kind: "tag"; name: string; tag: string } {
  return { kind: "tag", name, tag: "latest" };
}

/** A workspace of that name goes before the registry. */
function workspaceRange(name: string, { manifests, exact }: ArgumentContext): string | undefined {
  const path = readProject(manifests).workspaces.get(name);
  if (path === undefined) return undefined;
  const version = manifests.get(path)?.version;
  return version === undefined ? "*" : `${exact ? "" : "^"}${version}`;
}

function folderName(path: string, manifests: ProjectManifests): string {
  const folder = path.replace(/^\.\//, "").replace(/\/$/, "");
  const manifest = manifests.get(folder);
  if (manifest !== undefined) return manifest.name ?? folder.slice(folder.lastIndexOf("/") + 1);
  throw new LoaderError("ERR_INVALID_LOCAL_PACKAGE", `There is no ${folder}/package.json in the project`, {
    specifier: path,
  });
}

async function remoteName(source: string, { metadata }: ArgumentContext): Promise<string> {
  if (metadata.remote !== undefined) return (await metadata.remote(source, ASKER)).name;
  const message = `"${source}" is not of a registry, and nothing here can read it`;
  throw new LoaderError("ERR_UNSUPPORTED_DEPENDENCY", message, { specifier: source });
}
