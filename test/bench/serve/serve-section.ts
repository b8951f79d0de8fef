import { npmRegistry } from "../../../src/platform/node/npm-registry.ts";
import { startRegistryServer } from "../../fixtures/registry-server/registry-server.ts";
import { Samples } from "../report/samples.ts";
import type { Section } from "../section.ts";
import { CONNECTIONS, measureRates, reportRates, ROUNDS } from "./measure-rates.ts";
import { measureStampedes, reportStampedes } from "./measure-stampede.ts";
import { bundleEdgeWorker, startEdgeWorker } from "./start-edge-worker.ts";
import { startHello } from "./start-hello.ts";
import { startVerdaccio, VERDACCIO_VERSION } from "./start-verdaccio.ts";

/**
 * The worker as it is deployed, in workerd itself, beside the least that a Hono app can do there and beside Verdaccio; the
 * same upstream behind both, everything over loopback.
 */
export const section: Section = {
  name: "serve",
  what: "the edge as a registry: requests a second and stampedes, beside Hono's hello and Verdaccio",
  async measure(log) {
    const upstream = await startRegistryServer(npmRegistry());
    const bundle = await bundleEdgeWorker();
    const samples = new Samples();
    const contenders = [
      { name: "raya" as const, start: () => startEdgeWorker(bundle, upstream.registry) },
      { name: "verdaccio" as const, start: () => startVerdaccio(upstream.registry) },
    ];
    try {
      const started = await Promise.all([...contenders.map(({ start }) => start()), startHello()]);
      const [raya = "", verdaccio = "", hello = ""] = started.map(({ url }) => url);
      await measureRates({ raya, verdaccio, hello }, samples, log);
      for (const server of started) await server.stop();
      await measureStampedes(contenders, upstream, samples, log);
      return {
        tables: [reportRates(samples), reportStampedes(samples)],
        series: samples.series,
        about: { verdaccio: VERDACCIO_VERSION, rounds: ROUNDS, connections: CONNECTIONS },
      };
    } finally {
      await upstream.close();
    }
  },
};
