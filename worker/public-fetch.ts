import { LoaderError } from "../src/errors.ts";
import type { EdgePorts } from "./edge.ts";
import { isPrivate } from "./packages.ts";

type Fetch = EdgePorts["fetch"];

/**
 * A fetch for whatever asks the upstream registry by itself: it asks for no private package, in whose name anybody may have
 * published there.
 */
export function createPublicFetch(ports: Pick<EdgePorts, "registry" | "privateScopes" | "fetch">): Fetch {
  return async (url, init) => {
    const path = url.startsWith(ports.registry) ? url.slice(ports.registry.length) : "";
    const name = path.replace(/^%40/i, "@").replace(/^(@[^/%]*)%2f/i, "$1/");
    if (!isPrivate(ports, name)) return ports.fetch(url, init);
    throw new LoaderError("ERR_FORBIDDEN", `"${name}" is a private package, which is only to be had at /npm/`, {
      package: name,
    });
  };
}
