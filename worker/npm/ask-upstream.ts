import { isLoaderError, LoaderError } from "../../src/errors.ts";
import { fetchBytes } from "../../src/fetch/fetch-bytes.ts";
import type { Edge } from "../edge.ts";
import { registryBase } from "../packages.ts";

/** Most bytes of an answer. */
const ANSWER_LIMIT = 8 * 1024 * 1024;
/** Statuses of a registry that does not know what it is asked for. */
const UNSUPPORTED = new Set([404, 405, 501]);

/**
 * Asks a service of the upstream registry, with its limits, time-outs and second attempts as for anything else.
 * @param body JSON, of what is posted
 * @returns the parsed answer
 * @throws LoaderError ERR_UPSTREAM_UNSUPPORTED, ERR_UNEXPECTED_TYPE, and what `fetchBytes` throws
 */
export async function askUpstream(edge: Edge, service: string, body?: string): Promise<unknown> {
  const subject = service.split("?", 1)[0] ?? service;
  try {
    const url = `${registryBase(edge)}-/${service}`;
    const sent = body === undefined ? {} : { body, headers: { "content-type": "application/json" } };
    const { bytes } = await fetchBytes(edge.fetching, { url, subject, limit: ANSWER_LIMIT, ...sent });
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new LoaderError("ERR_UNEXPECTED_TYPE", `The upstream registry's answer to "${subject}" is not JSON`);
    if (!isLoaderError(error) || !UNSUPPORTED.has(error.details.status ?? 0)) throw error;
    throw new LoaderError("ERR_UPSTREAM_UNSUPPORTED", `The upstream registry has no "${subject}"`, {}, error);
  }
}
