// npm test: every check and every test, or with --only some of them.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap(import.meta.url, async () => {
  const { runChecks } = await import("./run-checks.ts");
  process.exitCode = await runChecks(process.argv.slice(2));
});
