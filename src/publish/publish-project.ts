import { LoaderError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { setJsonText } from "../project/edit-json.ts";
import { setTomlEntry } from "../project/edit-toml.ts";
import { readManifests } from "../project/read-project-state.ts";
import { readRayaManifest } from "../project/read-raya-manifest.ts";
import type { ProjectFiles } from "../project/project-files.ts";
import { type BuildOptions, type BuiltPackage, buildPackage, manifestTexts } from "./build-package.ts";
import { nextVersion, type VersionChange } from "./next-version.ts";
import { publishedManifest } from "./published-manifest.ts";
import type { PublishedVersion } from "./registry-answers.ts";
import type { RegistryClient, UploadOptions } from "./registry-client.ts";

/** A project that is published. */
export interface PublishedProject {
  readonly files: ProjectFiles;
  /** Its files as bytes, by path. Default: the texts of `files`. */
  readonly contents?: () => Promise<ReadonlyMap<string, Uint8Array>>;
  readonly limits: Limits;
}

export interface PublishOptions extends UploadOptions, VersionChange, BuildOptions {
  /** Build and check, and send nothing. Default false. */
  readonly dryRun?: boolean;
}

/** What was published. */
export interface ProjectPublication {
  readonly built: BuiltPackage;
  /** Undefined with `dryRun`. */
  readonly published: PublishedVersion | undefined;
  /** Text of the manifests whose version has changed, by path. */
  readonly written: Readonly<Record<string, string>>;
}

/**
 * Publishes a project (R102 to R104): chooses its version, builds it, sends it, and when the registry has it writes the version into the
 * manifest. Whatever breaks off can be started again: until then the manifest has the old version, from which the same is built, and what the
 * registry has already it takes for the same.
 * @throws LoaderError what `buildPackage` and `RegistryClient.publish` throw; ERR_PROJECT_CHANGED where the manifest was written by others
 * in between: then the version is published, and the manifest does not say so
 */
export async function publishProject(
  project: PublishedProject,
  client: Pick<RegistryClient, "publish">,
  options: PublishOptions = {},
): Promise<ProjectPublication> {
  const { files, limits } = project;
  const manifests = new Map(await Promise.all(MANIFESTS.map(async (file) => [file, await files.read(file)] as const)));
  const contents = new Map(await (project.contents ?? (() => textContents(files)))());
  const edited = withVersion(manifestTexts(contents), options);
  for (const [file, text] of edited) contents.set(file, new TextEncoder().encode(text));
  const built = await buildPackage(contents, limits, options);
  const written = Object.fromEntries(edited);
  if (options.dryRun === true) return { built, published: undefined, written };
  const published = await client.publish(built, options);
  const versions = new Map([...manifests].map(([file, read]) => [file, read?.version]));
  if (edited.size > 0 && !(await files.commit(versions, edited))) throw changed(built);
  return { built, published, written };
}

const MANIFESTS = ["package.json", "raya.toml"] as const;

/** The manifests that say the version, with the next one; none where it is the same. */
function withVersion(texts: ReadonlyMap<string, string>, change: VersionChange): Map<string, string> {
  const { version } = publishedManifest(texts);
  const next = nextVersion(version, change);
  const edited = new Map<string, string>();
  if (next === version) return edited;
  const [json, toml] = [texts.get("package.json"), texts.get("raya.toml")];
  if (toml !== undefined && readRayaManifest(toml, "raya.toml").manifest.version !== undefined)
    edited.set("raya.toml", setTomlEntry(toml, "package", "version", next, "raya.toml"));
  const own = json === undefined ? undefined : readManifests(new Map([["package.json", json]])).manifests.get("");
  if (json !== undefined && own?.version !== undefined) edited.set("package.json", setJsonText(json, "version", next));
  return edited;
}

async function textContents(files: ProjectFiles): Promise<Map<string, Uint8Array>> {
  const paths = await files.list();
  const read = await Promise.all(paths.map(async (path) => [path, await files.read(path)] as const));
  const encoder = new TextEncoder();
  return new Map(read.flatMap(([path, file]) => (file === undefined ? [] : [[path, encoder.encode(file.text)]])));
}

function changed({ name, version }: BuiltPackage): LoaderError {
  const message = `"${name}@${version}" is published, but its manifest was written by others in between and does not say so`;
  return new LoaderError("ERR_PROJECT_CHANGED", message, {
    package: `${name}@${version}`,
    hint: "set the version in the manifest by hand",
  });
}
