/**
 * Solves the projects of `npm-trees` with real metadata and holds them against what npm made of them.
 *
 *     node test/solve-oracle/check-trees.ts [case …]
 *
 * The cases are read from `RAYA_ORACLES` (default: `shared/oracles` beside the checkout), metadata from the registry that
 * npm is configured for; it is kept in `RAYA_SOLVE_CACHE`, by default a folder among the system's temporary files. Exits with 1 where a case is worse than npm's tree.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { plainGraphOf } from "../../scripts/raya/print-plain-graph.ts";
import { LoaderError, isLoaderError } from "../../src/errors.ts";
import { type PackageMetadata, reduceMetadata } from "../../src/solve/reduce-metadata.ts";
import type { ProjectManifest } from "../../src/solve/project-manifest.ts";
import { type Solution, solveProject } from "../../src/solve/solve-project.ts";

interface OracleCase {
  readonly id: string;
  readonly files: Readonly<Record<string, ProjectManifest>>;
  readonly npmArgs?: readonly string[];
}

interface Score {
  readonly violations: readonly unknown[];
  readonly peerViolations: readonly unknown[];
  readonly distinct: number;
}

const registry = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim().replace(/\/$/, "");
const beside = fileURLToPath(new URL("../../../shared/oracles", import.meta.url));
const oracles = join(process.env["RAYA_ORACLES"] ?? beside, "npm-trees");
const cache = process.env["RAYA_SOLVE_CACHE"] ?? join(tmpdir(), "solve-cache");
const scratch = mkdtempSync(join(tmpdir(), "check-trees-"));
mkdirSync(cache, { recursive: true });

const { before, cases } = JSON.parse(readFileSync(join(oracles, "cases.open.json"), "utf8")) as {
  before: string;
  cases: OracleCase[];
};
const memory = new Map<string, PackageMetadata>();
let running = 0;
const waiting: (() => void)[] = [];

const wanted = process.argv.slice(2);
let worse = 0;
for (const one of cases) if (wanted.length === 0 || wanted.includes(one.id)) worse += Number(await checkCase(one));
process.exitCode = worse > 0 ? 1 : 0;

async function checkCase(one: OracleCase): Promise<boolean> {
  const npm = JSON.parse(readFileSync(join(oracles, `${one.id}.json`), "utf8")).npm as { ok: boolean; code?: string };
  const outcome = await solveCase(one);
  if (outcome instanceof Error) return reportError(one, npm, outcome);
  const { solution, ms } = outcome;
  const mine = score(one.id, { graph: plainGraphOf(solution.graph) });
  const theirs = npm.ok ? score(one.id, npm) : undefined;
  const instances = Object.keys(solution.graph.nodes).length;
  const isWorse =
    theirs === undefined ||
    mine.violations.length > 0 ||
    mine.peerViolations.length > theirs.peerViolations.length ||
    mine.distinct > theirs.distinct;
  const row = [
    isWorse ? "WORSE" : "ok",
    one.id,
    `violations ${mine.violations.length}`,
    `peers ${mine.peerViolations.length}/${theirs?.peerViolations.length ?? npm.code}`,
    `distinct ${mine.distinct}/${theirs?.distinct ?? npm.code}`,
    `instances ${instances}`,
    `${ms.toFixed(0)} ms`,
  ];
  console.log(row.join("\t"));
  if (mine.violations.length > 0) console.log("   ", JSON.stringify(mine.violations.slice(0, 5)));
  if (isWorse && mine.peerViolations.length > 0) console.log("   ", JSON.stringify(mine.peerViolations.slice(0, 5)));
  return isWorse;
}

function reportError(one: OracleCase, npm: { ok: boolean; code?: string }, error: Error): boolean {
  console.log([npm.ok ? "WORSE" : "ok", one.id, npm.code ?? "npm solves it", error.message].join("\t"));
  return npm.ok;
}

async function solveCase(one: OracleCase): Promise<{ solution: Solution; ms: number } | LoaderError> {
  const manifests = new Map(
    Object.entries(one.files).map(([file, manifest]) => [file.replace(/\/?package\.json$/, ""), manifest]),
  );
  const solve = (): Promise<Solution> =>
    solveProject(
      manifests,
      { packument },
      {
        now: Date.now(),
        before: Date.parse(before),
        peers: one.npmArgs?.includes("--legacy-peer-deps") === true ? "ignore" : "install",
        platform: { os: process.platform, cpu: process.arch },
      },
    );
  try {
    await solve();
    const start = performance.now();
    const solution = await solve();
    return { solution, ms: performance.now() - start };
  } catch (error) {
    if (isLoaderError(error)) return error;
    throw error;
  }
}

function score(id: string, solution: unknown): Score {
  const file = join(scratch, `${id}.json`);
  writeFileSync(file, JSON.stringify(solution));
  const tools = new URL("../../", import.meta.url).pathname;
  const args = [join(oracles, "check-tree.mjs"), "--tools", tools, "--case", id, "--solution", file];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 28 })) as Score;
}

async function packument(name: string): Promise<PackageMetadata> {
  const known = memory.get(name);
  if (known !== undefined) return known;
  const file = join(cache, `${encodeURIComponent(name)}.json`);
  const text = existsSync(file) ? readFileSync(file, "utf8") : await fetchPackument(name, file);
  const reduced = reduceMetadata(JSON.parse(text), name);
  memory.set(name, reduced);
  return reduced;
}

async function fetchPackument(name: string, file: string): Promise<string> {
  if (running >= 12) await new Promise<void>((resolve) => void waiting.push(resolve));
  running++;
  try {
    const response = await fetch(`${registry}/${name.replace("/", "%2f")}`);
    if (response.status === 404)
      throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `There is no package "${name}"`, { package: name });
    if (!response.ok)
      throw new LoaderError("ERR_FETCH_STATUS", `${name}: ${response.status}`, { status: response.status });
    const text = await response.text();
    writeFileSync(file, text);
    return text;
  } finally {
    running--;
    waiting.shift()?.();
  }
}
