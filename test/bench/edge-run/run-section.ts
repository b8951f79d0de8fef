import { npmRegistry } from "../../../src/platform/node/npm-registry.ts";
import { startRegistryServer } from "../../fixtures/registry-server/registry-server.ts";
import { atLeast, formatKilobytes, formatNumber, formatRatio, formatTimes } from "../report/format.ts";
import { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log, Section } from "../section.ts";
import { BUNDLER_VERSION, buildBundlerHost, buildRayaHost, type HostModules } from "./build-host.ts";
import { EDGE_PROGRAMS, type EdgeProgram } from "./edge-programs.ts";
import { type KvServer, startKvServer } from "./kv-server.ts";
import { startWorkerd } from "./workerd-process.ts";

const ROUNDS = 5;
const WANTED = 5;
/** Requests of a program that runs already, of which the median counts. */
const REPEATED = 9;

/**
 * Who runs the programs: an edge that has their packages but has never seen the program; one that has linked it before; one
 * with nothing stored, and without a lockfile too.
 */
const CONTENDERS = [
  "raya",
  "raya, seen before",
  "raya, nothing stored",
  "raya, nothing locked",
  "worker-bundler",
] as const;
type Contender = (typeof CONTENDERS)[number];

interface Bench {
  readonly hosts: Readonly<Record<Contender, HostModules>>;
  readonly registry: string;
  readonly kv: KvServer;
  readonly lockfiles: ReadonlyMap<string, string>;
  readonly samples: Samples;
  /** What a program that did not run said. */
  readonly failures: Map<string, string>;
}

/** From a program's source to its first answer, in workerd itself, beside @cloudflare/worker-bundler. */
export const section: Section = {
  name: "run",
  what: "programs run at the edge: from source to the first answer, beside @cloudflare/worker-bundler",
  async measure(log) {
    const server = await startRegistryServer(npmRegistry());
    const kv = await startKvServer();
    try {
      const bench = await prepare(server.registry, kv, log);
      for (let round = 0; round <= ROUNDS; round++) {
        log(`Round ${round} of ${ROUNDS} …`);
        for (const program of EDGE_PROGRAMS)
          for (const contender of CONTENDERS) await measureOne(program, contender, bench, round > 0);
      }
      await measureSizes(bench);
      const about = { workerBundler: BUNDLER_VERSION, rounds: ROUNDS };
      return { tables: report(bench), series: bench.samples.series, about };
    } finally {
      kv.close();
      await server.close();
    }
  },
};

/** Builds the hosts, locks the programs and fills the store; the registry has everything in memory afterwards. */
async function prepare(registry: string, kv: KvServer, log: Log): Promise<Bench> {
  const raya = await buildRayaHost();
  const hosts = {
    raya,
    "raya, seen before": raya,
    "raya, nothing stored": raya,
    "raya, nothing locked": raya,
    "worker-bundler": await buildBundlerHost(),
  };
  const lockfiles = new Map<string, string>();
  const workerd = await startWorkerd(raya, kv.url);
  for (const program of EDGE_PROGRAMS) {
    log(`Locking ${program.name} …`);
    const lockfile = await post(`${workerd.url}lock`, rayaRequest(program, registry, { stored: true, linked: false }));
    lockfiles.set(program.name, lockfile);
    await post(`${workerd.url}lock`, rayaRequest(program, registry, { stored: true, linked: true, lockfile }));
  }
  await workerd.stop();
  return { hosts, registry, kv, lockfiles, samples: new Samples(), failures: new Map() };
}

/** In a process of its own: first the program, then it again, then, in another process, after another program. */
async function measureOne(program: EdgeProgram, contender: Contender, bench: Bench, counts: boolean): Promise<void> {
  const key = `${program.name}\0${contender}`;
  if (bench.failures.has(key)) return;
  const { samples } = bench;
  try {
    const cold = await inWorkerd(contender, bench, async (url) => {
      const first = await timed(() => start(url, program, contender, bench));
      const times: number[] = [];
      for (let count = 0; count < REPEATED; count++)
        times.push(await timed(() => assertAnswer(program, get(`${url}again/${pathOf(program)}`))));
      return { first, again: times.toSorted((a, b) => a - b)[REPEATED >> 1] ?? Number.NaN };
    });
    const warm = await inWorkerd(contender, bench, async (url) => {
      const other = EDGE_PROGRAMS[program.name === "marked" ? 0 : 3] ?? program;
      await start(url, other, contender, bench);
      return timed(() => start(url, program, contender, bench));
    });
    if (!counts) return;
    samples.add(program.name, `${contender}, cold`, cold.first);
    samples.add(program.name, `${contender}, again`, cold.again);
    samples.add(program.name, `${contender}, after another`, warm);
  } catch (error) {
    bench.failures.set(key, error instanceof Error ? error.message : String(error));
  }
}

async function inWorkerd<Result>(
  contender: Contender,
  { hosts, kv }: Bench,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const workerd = await startWorkerd(hosts[contender], kv.url);
  try {
    return await work(workerd.url);
  } finally {
    await workerd.stop();
  }
}

function start(url: string, program: EdgeProgram, contender: Contender, bench: Bench): Promise<void> {
  return assertAnswer(program, post(url + pathOf(program), requestOf(program, contender, bench)));
}

async function measureSizes(bench: Bench): Promise<void> {
  for (const contender of ["raya", "worker-bundler"] as const) {
    await inWorkerd(contender, bench, async (url) => {
      for (const program of EDGE_PROGRAMS) {
        if (bench.failures.has(`${program.name}\0${contender}`)) continue;
        const sizes = JSON.parse(await post(`${url}size`, requestOf(program, contender, bench))) as Record<
          string,
          number
        >;
        const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
        bench.samples.add(program.name, contender, total, "bytes");
        if ("raya.js" in sizes) bench.samples.add(program.name, "raya's runtime", sizes["raya.js"] ?? 0, "bytes");
      }
    });
  }
}

function requestOf(program: EdgeProgram, contender: Contender, { registry, lockfiles }: Bench): object {
  if (contender === "worker-bundler") {
    const manifest = JSON.stringify({ dependencies: program.dependencies });
    return { registry, entry: "src/index.tsx", files: { "src/index.tsx": program.source, "package.json": manifest } };
  }
  const lockfile = contender === "raya, nothing locked" ? undefined : lockfiles.get(program.name);
  const stored = contender === "raya" || contender === "raya, seen before";
  return rayaRequest(program, registry, { stored, lockfile, linked: contender !== "raya" });
}

function rayaRequest(
  { source, dependencies }: EdgeProgram,
  registry: string,
  options: { stored: boolean; lockfile?: string | undefined; linked: boolean },
): object {
  // As one would write it for Raya, the versions inline.
  const pinned = source.replaceAll(/from "((?:@[^/"]+\/)?[^/"]+)/g, (whole, name: string) => {
    const version = dependencies[name];
    return version === undefined ? whole : `from "${name}@${version}`;
  });
  return { ...options, registry, entry: "/src/index.tsx", files: { "/src/index.tsx": pinned } };
}

const pathOf = ({ name }: EdgeProgram): string => encodeURIComponent(name);

async function timed(work: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

async function assertAnswer({ answer }: EdgeProgram, asked: Promise<string>): Promise<void> {
  const given = await asked;
  if (given !== answer) throw new Error(`it answered ${JSON.stringify(given.slice(0, 200))}`);
}

async function post(url: string, body: object): Promise<string> {
  return textOf(await fetch(url, { method: "POST", body: JSON.stringify(body) }));
}

async function get(url: string): Promise<string> {
  return textOf(await fetch(url));
}

async function textOf(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 200)}`);
  return text;
}

function report({ samples, failures }: Bench): Table[] {
  const fails = (name: string): boolean => failures.has(`${name}\0worker-bundler`);
  const median = (name: string, what: string) => samples.median(name, what);
  const table = (title: string, mode: string, limit: number): Table => ({
    title,
    rows: [
      [
        "program",
        "raya, ms",
        "program seen before",
        "nothing stored",
        "nothing locked either",
        "worker-bundler, ms",
        `times, ≥ ${limit}`,
        "nothing stored",
        "nothing locked",
      ],
      ...EDGE_PROGRAMS.map(({ name }) => {
        const times = (contender: Contender) =>
          failures.has(`${name}\0${contender}`) ? "fails" : formatTimes(samples.values(name, `${contender}, ${mode}`));
        const ratio = (contender: Contender, isMet: (value: number) => boolean) =>
          fails(name)
            ? "–"
            : formatRatio(median(name, `worker-bundler, ${mode}`) / median(name, `${contender}, ${mode}`), isMet);
        return [
          name,
          ...CONTENDERS.map(times),
          ratio("raya", atLeast(limit)),
          ratio("raya, nothing stored", () => true),
          ratio("raya, nothing locked", () => true),
        ];
      }),
    ],
  });
  const sizes: Table = {
    title: "What is loaded into the isolate, KB",
    rows: [
      ["program", "raya", "of it the runtime", "worker-bundler", "ratio"],
      ...EDGE_PROGRAMS.map(({ name }) => [
        name,
        formatKilobytes(median(name, "raya")),
        formatKilobytes(median(name, "raya's runtime")),
        fails(name) ? "fails" : formatKilobytes(median(name, "worker-bundler")),
        fails(name) ? "–" : formatNumber(median(name, "raya") / median(name, "worker-bundler")),
      ]),
    ],
  };
  const said: Table = {
    title: "What did not run",
    rows: [
      ["program", "by", "why"],
      ...[...failures].map(([key, why]) => [...key.split("\0"), why.split("\n")[0] ?? ""]),
    ],
  };
  return [
    table("From source to the first answer, in a new process", "cold", WANTED),
    table("The same after another program, in a warm process", "after another", WANTED),
    table("The same program again", "again", 1),
    sizes,
    said,
  ];
}
