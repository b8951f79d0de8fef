// npm run bench: the benchmark of test/bench, in a real browser.
import { bootstrap } from "./bootstrap.mjs";

await bootstrap(import.meta.url, () => import("../test/bench/bench.ts"));
