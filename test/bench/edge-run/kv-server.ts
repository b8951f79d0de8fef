import { createServer } from "node:http";
import { listen } from "../../../scripts/listen.ts";

/** What stands for KV behind workerd: values in memory, which outlive its processes. */
export interface KvServer {
  readonly url: string;
  close(): void;
}

export async function startKvServer(): Promise<KvServer> {
  const values = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const key = new URL(request.url ?? "/", "http://kv.invalid").pathname;
    if (request.method === "PUT") {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        values.set(key, Buffer.concat(chunks));
        response.end();
      });
      return;
    }
    const value = request.method === "GET" ? values.get(key) : undefined;
    if (request.method === "DELETE") values.delete(key);
    if (value === undefined) response.writeHead(request.method === "GET" ? 404 : 200).end();
    else response.writeHead(200, { "content-length": value.length }).end(value);
  });
  const url = `http://127.0.0.1:${await listen(server)}/`;
  return { url, close: () => server.closeAllConnections() ?? server.close() };
}
