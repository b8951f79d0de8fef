import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LoaderError } from "../../src/errors.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { type BuiltPackage, buildPackage } from "../../src/publish/build-package.ts";
import type { VersionBump } from "../../src/publish/next-version.ts";
import { type PublishedProject, publishProject } from "../../src/publish/publish-project.ts";
import type { SigningKey } from "../../src/verify/signature.ts";
import { withDeclarations } from "./emit-declarations.ts";
import { openFolderProject } from "./folder-project.ts";
import { openRegistry } from "./run-registry.ts";
import { wrongArgument } from "./wrong-argument.ts";

/** Options of both commands. */
const BUILDING = {
  "include-source": { type: "boolean", default: false },
  "emit-rdef": { type: "boolean", default: false },
} as const;
const BUMPS: readonly VersionBump[] = ["patch", "minor", "major"];

/** `build`: writes what a package is compiled to. */
export async function runBuild(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: "string" }, release: { type: "boolean", default: false }, ...BUILDING },
  });
  const [project = "."] = positionals;
  const contents = await openProject(project, values["emit-rdef"]).contents?.();
  const includeSource = values["include-source"];
  const built = await buildPackage(contents ?? new Map(), DEFAULT_LIMITS, { includeSource });
  const out = values.out ?? join(project, "dist");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "module.rbin"), built.artifact);
  if (built.types !== undefined) writeFileSync(join(out, "module.rdef"), built.types);
  if (built.includeSource) writeFileSync(join(out, "source.tgz"), built.archive);
  report(built);
}

/** `publish`: chooses the version, builds, sends, and writes the version into the manifest. */
export async function runPublish(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      patch: { type: "boolean", default: false },
      minor: { type: "boolean", default: false },
      major: { type: "boolean", default: false },
      tag: { type: "string" },
      key: { type: "string" },
      registry: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      ...BUILDING,
    },
  });
  const [project = "."] = positionals;
  const [bump, ...others] = BUMPS.filter((name) => values[name]);
  if (others.length > 0) throw wrongArgument("publish takes one of --patch, --minor and --major");
  const { built, published } = await publishProject(
    openProject(project, values["emit-rdef"]),
    openRegistry(values.registry),
    {
      bump,
      tag: values.tag,
      key: values.key === undefined ? undefined : readKey(values.key),
      dryRun: values["dry-run"],
      includeSource: values["include-source"],
    },
  );
  report(built);
  if (published !== undefined) console.log(`${built.name}@${built.version} ${published.checksum}`);
}

function openProject(folder: string, emitsTypes: boolean): PublishedProject {
  const project = openFolderProject(folder);
  return emitsTypes ? withDeclarations(folder, project) : project;
}

function report({ name, version, files, archive, artifact, types }: BuiltPackage): void {
  const sizes = [`archive ${archive.length}`, `.rbin ${artifact.length}`, `.rdef ${types?.length ?? 0}`].join(", ");
  console.error(`${name}@${version}: ${files.length} files; bytes: ${sizes}`);
}

function readKey(path: string): SigningKey {
  const invalid = (cause?: unknown): LoaderError =>
    new LoaderError(
      "ERR_SIGNATURE_INVALID",
      `"${path}" has no key: make one with the command key`,
      { file: path },
      cause,
    );
  let key: Partial<SigningKey>;
  try {
    key = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw invalid(cause);
  }
  const { privateKey, publicKey } = key;
  if (typeof privateKey !== "string" || typeof publicKey !== "string") throw invalid();
  return { privateKey, publicKey };
}
