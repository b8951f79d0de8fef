import { fileURLToPath } from "node:url";

/** Where the benchmark keeps what it fetches and installs between runs; not part of the repository. */
export const BENCH_FOLDER = fileURLToPath(new URL("../../../.raya/bench/", import.meta.url));
