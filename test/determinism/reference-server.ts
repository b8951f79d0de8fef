import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { TestProject } from "vitest/node";
import { listen } from "../../scripts/listen.ts";
import { fetchArchive, type Pinned, readExpected } from "./pinned-packages.ts";

declare module "vitest" {
  interface ProvidedContext {
    packages: readonly Pinned[];
    /** The compiler that `expected.json` was made with. */
    expectedCompiler: string;
    /** Base URL: what follows is `name@version`, the answer its archive. */
    archives: string;
  }
}

/** Without `ALL` only these are compiled: small ones, of every kind. */
const FEW = /^(?:assert|classnames|d3-geo|graphql|hash-wasm|preact|rxjs|uuid|zod)@/;

/** Serves the archives of the packages that `expected.json` pins. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { compiler, packages } = await readExpected();
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    // Between two requests a compilation may take longer than a connection is kept.
    response.setHeader("connection", "close");
    const id = decodeURIComponent(new URL(request.url ?? "/", "http://archives/").pathname.slice(1));
    answer(packages, id, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  provide("archives", `http://127.0.0.1:${await listen(server)}/`);
  provide("expectedCompiler", compiler);
  provide("packages", process.env["ALL"] === undefined ? packages.filter(({ id }) => FEW.test(id)) : packages);
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
}

async function answer(packages: readonly Pinned[], id: string, response: ServerResponse): Promise<void> {
  const wanted = packages.find((each) => each.id === id);
  if (wanted === undefined) throw new Error(`${id} is not pinned`);
  response.end(await fetchArchive(wanted));
}
