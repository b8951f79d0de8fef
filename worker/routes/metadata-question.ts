import type { Hono } from "hono";
import { createParallelLimit } from "../../src/fetch/limit-parallel.ts";
import { METADATA_ENDPOINT } from "../../src/solve/fetch-metadata-ahead.ts";
import { answerMetadataQuestion, readMetadataQuestion } from "../../src/solve/metadata-question.ts";
import { printMetadata, readMetadataText } from "../../src/solve/metadata-text.ts";
import { type PackageMetadata, reduceMetadata } from "../../src/solve/reduce-metadata.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import { answerEncoded } from "../answer-encoded.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { FRESH_FOR } from "../load-copy.ts";
import { mountPost } from "../mount-post.ts";
import { withAddress } from "../npm/packument-form.ts";
import type { Packages } from "../packages.ts";
import { readJson } from "../read-request.ts";
import type { Made } from "../recall.ts";
import { NPM_PREFIX, npmAddress } from "./npm.ts";

/** Most bytes of a question: the names and ranges of a large project are a hundredth of it. */
const QUESTION_LIMIT = 1024 * 1024;

/** What was answered a moment ago. */
interface Answer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, 64 hex digits. */
  readonly digest: string;
  /** Milliseconds of the edge's clock. */
  readonly answeredAt: number;
}

/**
 * `POST /npm/-/raya/metadata`: all the metadata that solving a project needs, in one answer. Private packages are not in it:
 * who may have them asks for them by name.
 */
export function mountMetadataQuestion(app: Hono, edge: Edge, packages: Packages): void {
  mountPost(app, NPM_PREFIX + METADATA_ENDPOINT, async (c) => {
    const question = readMetadataQuestion(await readJson(c.req.raw, QUESTION_LIMIT));
    const address = npmAddress(edge, c.req.url);
    const key = `answer:${await sha256Hex(encodeText(address + JSON.stringify(question)))}`;
    // Of this question alone: a runtime may refuse one request to go on with another's.
    const parallel = createParallelLimit(edge.fetching.limits.parallelFetches);
    const packument = (name: string): Promise<PackageMetadata> =>
      parallel(() => findMetadata(edge, packages, name, address));
    const make = async (): Promise<Made<Answer>> => {
      const answeredAt = edge.ports.now();
      const bytes = encodeText(await answerMetadataQuestion(question, { packument }, answeredAt));
      return { value: { bytes, digest: await sha256Hex(bytes), answeredAt }, size: bytes.length };
    };
    const isFresh = ({ answeredAt }: Answer): boolean => edge.ports.now() - answeredAt < FRESH_FOR;
    return respond(edge, c.req.raw, await edge.recall(key, make, isFresh));
  });
}

/** Reduced once for each state of a package. */
async function findMetadata(edge: Edge, packages: Packages, name: string, address: string): Promise<PackageMetadata> {
  const { bytes, digest } = await packages.packument(name, "full");
  return edge.recall(`solving:${digest} ${address}`, async () => {
    const raw: unknown = JSON.parse(withAddress(new TextDecoder().decode(bytes), address));
    // As text it is a fraction of the objects, and of most versions nobody will ask for more than the number.
    const text = printMetadata(reduceMetadata(raw, name));
    const value = readMetadataText(text).get(name);
    if (value === undefined) throw new TypeError(`"${name}" is not in its own text`);
    return { value, size: text.length };
  });
}

function respond(edge: Edge, request: Request, { bytes, digest }: Answer): Promise<Response> {
  return answerEncoded(edge, request, bytes, digest, {
    "content-type": "application/x-ndjson; charset=utf-8",
    // Who asked may use it as long as the edge does.
    "cache-control": `private, max-age=${FRESH_FOR / 1000}`,
  });
}
