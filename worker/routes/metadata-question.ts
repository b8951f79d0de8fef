import type { Hono } from "hono";
import { createParallelLimit } from "../../src/fetch/limit-parallel.ts";
import { METADATA_ENDPOINT } from "../../src/solve/fetch-metadata-ahead.ts";
import {
  answerMetadataQuestion,
  type MetadataQuestion,
  readMetadataQuestion,
} from "../../src/solve/metadata-question.ts";
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
import { NPM_PREFIX, npmAddress } from "./npm.ts";
import { createShare } from "../share.ts";

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
  const share = createShare<Answer>(edge.ports);
  mountPost(app, NPM_PREFIX + METADATA_ENDPOINT, async (c) => {
    const question = readMetadataQuestion(await readJson(c.req.raw, QUESTION_LIMIT));
    const address = npmAddress(edge, c.req.url);
    const key = `answer:${await sha256Hex(encodeText(address + JSON.stringify(question)))}`;
    const known = edge.memory.get(key) as Answer | undefined;
    if (known !== undefined && edge.ports.now() - known.answeredAt < FRESH_FOR) return respond(edge, c.req.raw, known);
    // Of this question alone: a runtime may refuse one request to go on with another's.
    const parallel = createParallelLimit(edge.fetching.limits.parallelFetches);
    const packument = (name: string): Promise<PackageMetadata> =>
      parallel(() => findMetadata(edge, packages, name, address));
    return respond(edge, c.req.raw, await share(key, () => answerAndKeep(edge, key, question, packument)));
  });
}

async function answerAndKeep(
  edge: Edge,
  key: string,
  question: MetadataQuestion,
  packument: (name: string) => Promise<PackageMetadata>,
): Promise<Answer> {
  const answeredAt = edge.ports.now();
  const bytes = encodeText(await answerMetadataQuestion(question, { packument }, answeredAt));
  const answer: Answer = { bytes, digest: await sha256Hex(bytes), answeredAt };
  edge.memory.set(key, answer, bytes.length);
  return answer;
}

/** Reduced once for each state of a package. */
async function findMetadata(edge: Edge, packages: Packages, name: string, address: string): Promise<PackageMetadata> {
  const { bytes, digest } = await packages.packument(name, "full");
  const key = `solving:${digest} ${address}`;
  const known = edge.memory.get(key) as PackageMetadata | undefined;
  if (known !== undefined) return known;
  const raw: unknown = JSON.parse(withAddress(new TextDecoder().decode(bytes), address));
  // As text it is a fraction of the objects, and of most versions nobody will ask for more than the number.
  const text = printMetadata(reduceMetadata(raw, name));
  const metadata = readMetadataText(text).get(name);
  if (metadata === undefined) throw new TypeError(`"${name}" is not in its own text`);
  edge.memory.set(key, metadata, text.length);
  return metadata;
}

function respond(edge: Edge, request: Request, { bytes, digest }: Answer): Promise<Response> {
  return answerEncoded(edge, request, bytes, digest, {
    "content-type": "application/x-ndjson; charset=utf-8",
    // Who asked may use it as long as the edge does.
    "cache-control": `private, max-age=${FRESH_FOR / 1000}`,
  });
}
