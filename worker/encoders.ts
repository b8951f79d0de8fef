import type { Encoders } from "./answer-encoded.ts";
import { gzip } from "./gzip.ts";
import { zstd } from "./registry/zstd.ts";

/** What workerd encodes answers with. */
export const ENCODERS: Encoders = { zstd, gzip: (bytes) => gzip([bytes]) };
