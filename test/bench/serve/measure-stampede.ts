import type { RegistryServer } from "../../fixtures/registry-server/registry-server.ts";
import { atMost, formatNumber, formatRatio, formatTimes } from "../report/format.ts";
import type { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log } from "../section.ts";
import { COLD_RESOURCES, type ColdResource } from "./resources.ts";
import { runLoad } from "./run-load.ts";

const CLIENTS = 200;
const ROUNDS = 3;
/** How late the upstream answers, milliseconds. */
const UPSTREAM_LATENCY = 50;

/** Starts a contender's server with nothing stored. */
export type StartFresh = () => Promise<{ readonly url: string; stop(): Promise<void> }>;

/** A cache that is stampeded. */
export interface Stampeded {
  readonly name: "raya" | "verdaccio";
  readonly start: StartFresh;
}

/** Clients that all want the same thing at the same time, which nobody has asked for before. */
export async function measureStampedes(
  contenders: readonly Stampeded[],
  upstream: RegistryServer,
  samples: Samples,
  log: Log,
): Promise<void> {
  for (const { upstream: paths } of COLD_RESOURCES)
    for (const path of paths) {
      // Has it in memory from now on: what is measured is not the registry behind it.
      await fetch(upstream.url + path);
      upstream.misbehave(path, { kind: "slow", ms: UPSTREAM_LATENCY });
    }
  for (const resource of COLD_RESOURCES) {
    log(`Stampede for ${resource.name} …`);
    for (let round = 0; round < ROUNDS; round++)
      for (const contender of contenders) await measureOne(contender, resource, upstream, samples);
  }
  upstream.behave();
}

async function measureOne(
  { name: contender, start }: Stampeded,
  resource: ColdResource,
  upstream: RegistryServer,
  samples: Samples,
): Promise<void> {
  const server = await start();
  try {
    const before = upstream.requests().length;
    const { seconds, failures } = await runLoad({
      url: server.url + (resource[contender] ?? ""),
      headers: resource.headers ?? {},
      connections: CLIENTS,
      seconds: 0,
    });
    const failed = Object.values(failures).reduce((sum, count) => sum + count, 0);
    samples.add(resource.name, `${contender}, stampede`, seconds * 1000);
    samples.add(resource.name, `${contender}, upstream`, upstream.requests().length - before, "requests");
    samples.add(resource.name, `${contender}, failed`, failed, "requests");
  } finally {
    await server.stop();
  }
}

export function reportStampedes(samples: Samples): Table {
  const rows = COLD_RESOURCES.map(({ name, upstream }) => {
    const median = (what: string): number => samples.median(name, what);
    const cells = (contender: string): string[] => [
      formatTimes(samples.values(name, `${contender}, stampede`)),
      samples.values(name, `${contender}, upstream`).join(", "),
      samples.values(name, `${contender}, failed`).join(", "),
    ];
    return [
      name,
      ...cells("raya"),
      formatRatio(Math.max(...samples.values(name, "raya, upstream")) / upstream.length, atMost(1)),
      ...cells("verdaccio"),
      formatNumber(median("verdaccio, stampede") / median("raya, stampede")),
    ];
  });
  const title = `${CLIENTS} clients at once for what nobody has asked for, the upstream ${UPSTREAM_LATENCY} ms away`;
  const head = [
    "what is asked for",
    "Raya, ms until all have it",
    "upstream requests",
    "failed",
    "of each thing, ≤ 1",
    "Verdaccio, ms",
    "upstream requests",
    "failed",
    "times as long",
  ];
  return { title, rows: [head, ...rows] };
}
