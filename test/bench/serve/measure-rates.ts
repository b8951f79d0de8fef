import { formatKilobytes, formatNumber, formatRatio, formatTimes, atLeast } from "../report/format.ts";
import type { Samples } from "../report/samples.ts";
import type { Table } from "../report/table.ts";
import type { Log } from "../section.ts";
import { RESOURCES, type Resource } from "./resources.ts";
import { runLoad } from "./run-load.ts";

/** Addresses of the servers that are asked in turns; each ends with `/`. */
export interface Servers {
  readonly raya: string;
  readonly verdaccio: string;
  readonly hello: string;
}

export const CONNECTIONS = 16;
export const ROUNDS = 3;
const SECONDS = 1;
const WARMING_SECONDS = 0.5;

const HELLO: Resource = { name: "hello", raya: "" };

/** Asks for everything in turns, so that what else the machine does hits all alike; round 0 warms and is not counted. */
export async function measureRates(servers: Servers, samples: Samples, log: Log): Promise<void> {
  for (let round = 0; round <= ROUNDS; round++) {
    log(round === 0 ? "Warming …" : `Round ${round} of ${ROUNDS} …`);
    const measure = (contender: string, resource: Resource, url: string): Promise<void> =>
      measureOne(samples, contender, resource, { url, isCounted: round > 0 });
    for (const resource of RESOURCES) {
      // Beside each: what workerd can do changes with what else the machine does.
      await measure("hello", { ...HELLO, name: resource.name }, servers.hello);
      await measure("raya", resource, servers.raya + resource.raya);
      if (resource.verdaccio !== undefined)
        await measure("verdaccio", resource, servers.verdaccio + resource.verdaccio);
    }
  }
}

async function measureOne(
  samples: Samples,
  contender: string,
  { name, headers = {} }: Resource,
  { url, isCounted }: { url: string; isCounted: boolean },
): Promise<void> {
  const seconds = isCounted ? SECONDS : WARMING_SECONDS;
  // Alone: what all clients fetch for the first time at once is another table's.
  if (!isCounted) await runLoad({ url, headers, connections: 1, seconds: 0 });
  const { answers, failures, bytes, p50, p99, ...result } = await runLoad({
    url,
    headers,
    connections: CONNECTIONS,
    seconds,
  });
  const failed = Object.entries(failures).map(([outcome, count]) => `${count} × ${outcome}`);
  if (failed.length > 0) throw new Error(`${contender} answered ${name} with ${failed.join(", ")}`);
  if (!isCounted) return;
  samples.add(name, contender, answers / result.seconds, "requests/s");
  samples.add(name, `${contender}, p50`, p50);
  samples.add(name, `${contender}, p99`, p99);
  samples.add(name, `${contender}, size`, bytes, "bytes");
}

export function reportRates(samples: Samples): Table {
  const rows = RESOURCES.map(({ name, verdaccio, ofHello = 0, ofVerdaccio = 0 }) => {
    const rate = (contender: string): number => samples.median(name, contender);
    const cells = (contender: string): string[] => [
      formatKilobytes(samples.median(name, `${contender}, size`)),
      formatTimes(samples.values(name, contender)),
      `${formatNumber(samples.median(name, `${contender}, p50`))} / ${formatNumber(samples.median(name, `${contender}, p99`))}`,
    ];
    return [
      name,
      ...cells("raya"),
      ...cells("hello").slice(1),
      withLimit(rate("raya") / rate("hello"), ofHello),
      ...(verdaccio === undefined ? ["–", "–", "–"] : cells("verdaccio")),
      verdaccio === undefined ? "–" : withLimit(rate("raya") / rate("verdaccio"), ofVerdaccio),
    ];
  });
  const head = [
    "what is asked for",
    "KB",
    "Raya, requests/s",
    "p50 / p99, ms",
    "Hono hello, requests/s",
    "p50 / p99, ms",
    "of hello",
    "KB",
    "Verdaccio, requests/s",
    "p50 / p99, ms",
    "times",
  ];
  return { title: "Serving what is cached", rows: [head, ...rows] };
}

function withLimit(ratio: number, least: number): string {
  const said = formatRatio(ratio, atLeast(least));
  return least === 0 ? said : `${said} of ${least}`;
}
