import { once } from "node:events";
import type { Server } from "node:net";

/** Makes `server` listen on 127.0.0.1 and gives the port; 0 takes a free one. */
export async function listen(server: Server, port = 0): Promise<number> {
  const listening = once(server, "listening");
  server.listen({ port, host: "127.0.0.1", exclusive: true });
  await listening;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`not a TCP address: ${address}`);
  return address.port;
}
