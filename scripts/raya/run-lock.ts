import { parseArgs } from "node:util";
import type { StageEvent } from "../../src/events.ts";
import type { RegistryTexts } from "../../src/fetch/registries/read-registries.ts";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { printPackageLock } from "../../src/lock/export/print-package-lock.ts";
import { printLock } from "../../src/lock/print-lock.ts";
import { createNodeHost } from "../../src/platform/node/host.ts";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { createMemoryProjectFiles } from "../../src/project/project-files.ts";
import { createProjectRegistry } from "../../src/project/project-registry.ts";
import { readManifests, readProjectState } from "../../src/project/read-project-state.ts";
import { solveLock, type SolvedLock } from "../../src/project/solve-lock.ts";
import { printImportMap } from "./print-import-map.ts";
import { printPlainGraph } from "./print-plain-graph.ts";
import { readProjectFiles } from "./read-project-files.ts";
import { wrongArgument } from "./wrong-argument.ts";

const FORMATS = ["lock", "graph", "package-lock", "importmap"] as const;
type Format = (typeof FORMATS)[number];

interface LockArguments {
  readonly project: string;
  readonly format: Format;
  readonly before: number | undefined;
  readonly legacyPeers: boolean;
}

/** `lock`: solves a project and prints what it is made of. */
export async function runLock(args: readonly string[]): Promise<void> {
  const { project, format, before, legacyPeers } = readArguments(args);
  const texts = readProjectFiles(project);
  const state = await readProjectState(createMemoryProjectFiles(texts));
  const registry = npmRegistry();
  const host = createNodeHost();
  const fetching = { host, limits: DEFAULT_LIMITS, emit: reportTo(process.stderr) };
  const ignoresPeers = legacyPeers || wantsLegacyPeers(texts[".npmrc"] ?? "");
  const started = performance.now();
  const solved = await solveLock(
    { project: readManifests(state.texts), previous: state.lock, registries: [registry] },
    createProjectRegistry(fetching, registry, registryTexts(texts)),
    {
      now: Date.now(),
      peers: ignoresPeers ? "ignore" : "install",
      platform: { os: process.platform, cpu: process.arch },
      ...(before !== undefined && { before }),
    },
  );
  for (const { kind, message } of solved.notices) if (kind !== "optional-peer-missing") console.error(message);
  const count = Object.keys(solved.lock.packages).length;
  console.error(`${count} packages in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  process.stdout.write(
    format === "importmap"
      ? await printImportMap(solved.lock, texts, fetching, registry, registryTexts(texts))
      : print(solved, format, registry),
  );
}

function print({ lock, graph }: SolvedLock, format: Format, registry: string): string {
  if (format === "graph") return printPlainGraph(graph);
  if (format === "package-lock") return printPackageLock(lock, registry);
  return printLock(lock);
}

function readArguments(args: readonly string[]): LockArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      before: { type: "string" },
      format: { type: "string", default: "lock" },
      "legacy-peer-deps": { type: "boolean", default: false },
    },
  });
  const [project, ...others] = positionals;
  const format = FORMATS.find((name) => name === values.format);
  if (project === undefined || others.length > 0) throw wrongArgument("lock takes one PROJECT");
  if (format === undefined) throw wrongArgument(`--format is one of ${FORMATS.join(", ")}, not "${values.format}"`);
  const before = values.before === undefined ? undefined : Date.parse(values.before);
  if (Number.isNaN(before)) throw wrongArgument(`--before "${values.before}" is not a date`);
  return { project, format, before, legacyPeers: values["legacy-peer-deps"] };
}

/** As npm does, the project's own `.npmrc` may send scopes elsewhere, with tokens of the environment. */
function registryTexts({ ".npmrc": npmrc }: Readonly<Record<string, string>>): RegistryTexts {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return npmrc === undefined ? {} : { npmrc, env };
}

/** The setting of a project's own `.npmrc`; the last line that has it counts. */
function wantsLegacyPeers(npmrc: string): boolean {
  const lines = [...npmrc.matchAll(/^\s*legacy-peer-deps\s*(?:=\s*(\S+))?\s*$/gm)];
  const last = lines.at(-1);
  return last !== undefined && (last[1] ?? "true") === "true";
}

/** One line that counts what has been fetched, where somebody is looking; retries always. */
function reportTo(stream: NodeJS.WriteStream): (event: StageEvent) => void {
  let [fetched, bytes] = [0, 0];
  return (event) => {
    if (event.kind === "warning" && event.message !== undefined) stream.write(`${event.message}\n`);
    if (event.kind !== "done") return;
    fetched++;
    bytes += event.bytes ?? 0;
    if (stream.isTTY) stream.write(`\r${fetched} packages asked about, ${(bytes / 1e6).toFixed(0)} MB`);
  };
}
