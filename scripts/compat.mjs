// npm run compat: loads a list of packages in a real browser and compares what they export with an oracle.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap(import.meta.url, async () => {
  const { runCompat } = await import("./compat/run-compat.ts");
  process.exitCode = await runCompat(process.argv.slice(2));
});
