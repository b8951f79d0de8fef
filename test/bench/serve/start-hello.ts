import { mkdirSync, writeFileSync } from "node:fs";
import { bundleWorker } from "../edge-run/build-host.ts";
import { startConfigured, type WorkerdProcess } from "../edge-run/workerd-process.ts";
import { BENCH_FOLDER } from "../workspace/folder.ts";

const HELLO = `import { Hono } from "hono";
const app = new Hono();
app.get("/", (c) => c.text("hello"));
export default app;
`;

/** The least that a Hono app can do, in the same workerd. */
export async function startHello(): Promise<WorkerdProcess> {
  // Within the repository: that is where Hono is found.
  const entry = `${BENCH_FOLDER}hosts/hello-source.js`;
  mkdirSync(`${BENCH_FOLDER}hosts`, { recursive: true });
  writeFileSync(entry, HELLO);
  const modules = { "hello.js": await bundleWorker(entry, "hello.js") };
  return startConfigured({ modules, services: [], worker: "", ping: "" });
}
