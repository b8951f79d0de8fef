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
 * @returns the parsed answer
 * @throws LoaderError ERR_UPSTREAM_UNSUPPORTED, ERR_UNEXPECTED_TYPE, and what `fetchBytes` throws
 */
export async function askUpstream(edge: Edge, service: string, init: RequestInit): Promise<unknown> {
  const { host } = edge.fetching;
  const send = (url: string, { signal = null }: RequestInit = {}): Promise<Response> =>
    host.fetch(url, { ...init, signal });
  const context = { ...edge.fetching, host: { ...host, fetch: send } };
  const subject = service.split("?", 1)[0] ?? service;
  try {
    const url = `${registryBase(edge)}-/${service}`;
    const { bytes } = await fetchBytes(context, { url, subject, limit: ANSWER_LIMIT });
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new LoaderError("ERR_UNEXPECTED_TYPE", `The upstream registry's answer to "${subject}" is not JSON`);
    if (!isLoaderError(error) || !UNSUPPORTED.has(error.details.status ?? 0)) throw error;
    throw new LoaderError("ERR_UPSTREAM_UNSUPPORTED", `The upstream registry has no "${subject}"`, {}, error);
  }
}
