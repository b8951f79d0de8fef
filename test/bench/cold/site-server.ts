import { Agent, request as ask } from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { listen } from "../../../scripts/listen.ts";
import { createCertificate } from "../workspace/create-certificate.ts";
import type { Site } from "./site.ts";

/** A site on 127.0.0.1, with HTTP/2 and TLS. */
export interface SiteServer {
  readonly port: number;
  /** Requests since the last call. */
  takeRequests(): number;
  close(): void;
}

/** What an answer of HTTP/1.1 says of its connection. */
const OF_CONNECTION = new Set(["connection", "keep-alive", "transfer-encoding", "date"]);

export async function startSiteServer({ files, behind }: Site): Promise<SiteServer> {
  let requests = 0;
  const agent = new Agent({ keepAlive: true });
  const server = createSecureServer(await createCertificate("127.0.0.1"), (request, response) => {
    requests++;
    const file = files.get(request.url);
    if (file !== undefined) {
      const caching = request.url === "/" ? "no-cache" : "public, max-age=31536000, immutable";
      const encoding = file.isPacked === true ? {} : { "content-encoding": "gzip" };
      response.writeHead(200, { "content-type": file.type, ...encoding, "cache-control": caching });
      response.end(file.body);
    } else if (behind === undefined) response.writeHead(404).end();
    else pass(request, response, { behind, agent });
  });
  return {
    port: await listen(server),
    takeRequests() {
      const taken = requests;
      requests = 0;
      return taken;
    },
    close() {
      agent.destroy();
      server.close();
    },
  };
}

/** Hands a request on, and the answer back as it comes. */
function pass(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  { behind, agent }: { behind: string; agent: Agent },
): void {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(":")));
  const { method } = request;
  const asked = ask(new URL(request.url, behind), { method, headers, agent }, (answer) => {
    const given = Object.entries(answer.headers).filter(([name]) => !OF_CONNECTION.has(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(given));
    answer.pipe(response);
  });
  asked.on("error", () => response.writeHead(502).end());
  request.pipe(asked);
}
