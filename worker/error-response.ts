import { isLoaderError, LoaderError } from "../src/errors.ts";
import type { Emit } from "../src/events.ts";

/** An error as the edge answers with it. What is not a LoaderError is a bug; only the log learns what it says. */
export function errorResponse(error: unknown, emit: Emit): Response {
  if (isLoaderError(error)) return toResponse(error);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  emit({ stage: "fetch", kind: "fail", subject: "edge", message });
  return toResponse(new LoaderError("ERR_EDGE_FAILED", "The edge failed; its log says why"));
}

function toResponse(error: LoaderError): Response {
  const headers = new Headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
  if (error.code === "ERR_METHOD_NOT_ALLOWED") headers.set("allow", "GET, HEAD");
  return Response.json({ error: error.toJSON() }, { status: error.status, headers });
}
