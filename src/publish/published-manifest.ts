import { LoaderError } from "../errors.ts";
import { parseToml } from "../fetch/parse-toml.ts";
import { invalidManifest, readRayaManifest } from "../project/read-raya-manifest.ts";
import { readManifests } from "../project/read-project-state.ts";

/** What a package says of itself. */
export interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  /** All fields, in package.json's words. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The package.json that is published: the author's own text, or what their raya.toml says. */
  readonly text: string;
  /** Whether the author's archive goes out with what is compiled of it (R46). */
  readonly includeSource: boolean;
}

/** Fields of `[package]` (R29, R30) and what package.json calls them. */
const FIELDS = {
  description: "description",
  license: "license",
  repository: "repository",
  main: "main",
  types: "types",
  keywords: "keywords",
  files: "files",
  authors: "contributors",
  "include-source": "includeSource",
} as const;

/**
 * The manifest of what is published. A project with a raya.toml alone gets a package.json that says the same, of ES modules.
 * @param texts `package.json` and `raya.toml` of the package's folder, as far as they are there
 * @param includesSource says it whatever they say
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG; ERR_PUBLISH_INVALID without a name or version
 */
export function publishedManifest(texts: ReadonlyMap<string, string>, includesSource = false): PublishedManifest {
  const [json, toml] = [texts.get("package.json"), texts.get("raya.toml")];
  const own = toml === undefined ? parseOwn(json) : fromToml(toml, json);
  const isAdded = includesSource && own["includeSource"] !== true;
  const fields = isAdded ? { ...own, includeSource: true } : own;
  const { name, version } = fields;
  if (typeof name !== "string" || typeof version !== "string") {
    const missing = typeof name === "string" ? "version" : "name";
    const file = toml === undefined ? "package.json" : "raya.toml";
    throw new LoaderError("ERR_PUBLISH_INVALID", `The package has no ${missing} in its ${file}`, { file });
  }
  const isOwnText = toml === undefined && json !== undefined && !isAdded;
  const text = isOwnText ? json : `${JSON.stringify(fields, undefined, 2)}\n`;
  return { name, version, fields, text, includeSource: fields["includeSource"] === true };
}

function parseOwn(json: string | undefined): Readonly<Record<string, unknown>> {
  if (json !== undefined) return { ...readManifests(new Map([["package.json", json]])).manifests.get("") };
  throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", "The package has neither a package.json nor a raya.toml", {
    hint: "make one with init",
  });
}

/** raya.toml over package.json, as everywhere. */
function fromToml(toml: string, json: string | undefined): Readonly<Record<string, unknown>> {
  const base = json === undefined ? { type: "module" } : parseOwn(json);
  const invalid = (reason: string, line?: number): LoaderError => invalidManifest("raya.toml", reason, line);
  const { package: identity } = parseToml(toml, invalid);
  const told: Readonly<Record<string, unknown>> = { ...(identity as object | undefined) };
  const own = Object.entries(FIELDS).flatMap(([name, field]) =>
    told[name] === undefined ? [] : [[field, told[name]]],
  );
  const { name, version, dependencies, optionalDependencies, peerDependencies } = readRayaManifest(
    toml,
    "raya.toml",
  ).manifest;
  const solved = { name, version, dependencies, optionalDependencies, peerDependencies };
  const present = Object.entries(solved).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(own), ...Object.fromEntries(present) };
}
