/** Labels of a number, in the order in which they are shown. */
export type Labels = Readonly<Record<string, string>>;

/** Numbers of one isolate since it was started. */
export interface Metrics {
  /** Adds to a counter. */
  add(name: string, labels: Labels, value?: number): void;
  /** All of them, in Prometheus' text format. */
  render(gauges: Readonly<Record<string, number>>): string;
}

const PREFIX = "raya_";

/** What each number is. */
const HELP: Readonly<Record<string, string>> = {
  requests_total: "Requests that were answered",
  request_milliseconds_total: "Time that answers took to begin, as far as the runtime's clock shows it",
  response_bytes_total: "Bytes of answers whose length was known",
  upstream_requests_total: "Requests that went upstream",
  events_total: "What the stages told: hits, misses, healed objects, warnings, failures",
  limited_total: "Requests that were refused because there were too many",
  memory_bytes: "Bytes of what was used last, kept in memory",
};

interface Counter {
  readonly labels: Labels;
  value: number;
}

/** @param isolate tells the isolates of one worker apart: each counts for itself */
export function createMetrics(isolate: string): Metrics {
  const counters = new Map<string, Map<string, Counter>>();
  return {
    add(name, labels, value = 1) {
      let series = counters.get(name);
      if (series === undefined) counters.set(name, (series = new Map()));
      // On every request: labels become text when they are asked for.
      const key = Object.values(labels).join("\0");
      const counter = series.get(key);
      if (counter === undefined) series.set(key, { labels: { ...labels, isolate }, value });
      else counter.value += value;
    },
    render(gauges) {
      const lines: string[] = [];
      for (const [name, series] of counters) {
        lines.push(...header(name, "counter"));
        for (const { labels, value } of series.values()) lines.push(`${PREFIX}${name}${renderLabels(labels)} ${value}`);
      }
      for (const [name, value] of Object.entries(gauges))
        lines.push(...header(name, "gauge"), `${PREFIX}${name}${renderLabels({ isolate })} ${value}`);
      return `${lines.join("\n")}\n`;
    },
  };
}

function header(name: string, type: string): string[] {
  return [`# HELP ${PREFIX}${name} ${HELP[name] ?? name}`, `# TYPE ${PREFIX}${name} ${type}`];
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${pairs.join(",")}}`;
}
