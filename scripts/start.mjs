// npm start: builds the playground and serves it, with its edge, on one local port.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap(import.meta.url, async () => {
  const { startPlayground } = await import("./start-playground.ts");
  await startPlayground(process.argv.slice(2));
});
