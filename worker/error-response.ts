import { isLoaderError, LoaderError } from "../src/errors.ts";
import type { Edge } from "./edge.ts";

/** An error as the edge answers with it. What is not a LoaderError is a bug; only the log learns what it says. */
export function errorResponse(error: unknown, { ports, fetching }: Edge): Response {
  if (isLoaderError(error))
    return toResponse(ports.source === "browser" ? seenFromBrowser(error) : seenFromEdge(error, ports.registry));
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  fetching.emit({ stage: "fetch", kind: "fail", subject: "edge", message });
  return toResponse(new LoaderError("ERR_EDGE_FAILED", "The edge failed; its log says why"));
}

/** In the service worker, no answer at all means that there is no network; an edge that is there would have said more. */
function seenFromBrowser(error: LoaderError): LoaderError {
  if (error.code !== "ERR_FETCH_FAILED" || error.cause === undefined) return error;
  const subject = error.details.package ?? error.details.specifier ?? "This";
  const message = `"${subject}" is not stored in this browser, and the network is out of reach`;
  const hint = "connect to the network and run again; what has been loaded once runs without it";
  return new LoaderError("ERR_NOT_CACHED", message, { ...error.details, hint }, error);
}

/** Where the upstream is, is the operator's business. */
function seenFromEdge(error: LoaderError, registry: string): LoaderError {
  const { url, ...details } = error.details;
  const hidden = url !== undefined && registry !== "" && url.startsWith(registry);
  return hidden ? new LoaderError(error.code, error.message, details, error) : error;
}

function toResponse(error: LoaderError): Response {
  const headers = new Headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  const { expected, size } = error.details;
  if (error.code === "ERR_METHOD_NOT_ALLOWED") headers.set("allow", expected ?? "GET, HEAD");
  if (error.code === "ERR_RANGE_NOT_SATISFIABLE") headers.set("content-range", `bytes */${size}`);
  return Response.json({ error: error.toJSON() }, { status: error.status, headers });
}
