// npm run raya -- lock PROJECT: the commands of Raya in a terminal.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap(import.meta.url, async () => {
  const { runRaya } = await import("./raya/run-raya.ts");
  process.exitCode = await runRaya(process.argv.slice(2));
});
