import { connect, createServer, type Socket } from "node:net";
import { listen } from "../../../scripts/listen.ts";

/** A line to a server that is as far away as one says. */
export interface DelayingProxy {
  readonly port: number;
  /** Bytes that the server has sent since the last call. */
  takeReceived(): number;
  close(): void;
}

/**
 * Each piece takes half of the round trip in its direction, the first of a connection one more: that of TCP's handshake, which
 * is over at once here. Bandwidth is not limited.
 * @param target port of the server on this machine
 * @param roundTrip milliseconds
 */
export async function startDelayingProxy(target: number, roundTrip: number): Promise<DelayingProxy> {
  let received = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: "127.0.0.1", port: target, noDelay: true });
    let isFirst = true;
    forward(client, upstream, () => {
      const delay = roundTrip * (isFirst ? 1.5 : 0.5);
      isFirst = false;
      return delay;
    });
    forward(upstream, client, () => roundTrip / 2);
    upstream.on("data", (piece: Buffer) => (received += piece.length));
    for (const socket of [client, upstream]) sockets.add(socket.on("close", () => sockets.delete(socket)));
  });
  return {
    port: await listen(server),
    takeReceived() {
      const taken = received;
      received = 0;
      return taken;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** @param delayOf milliseconds that the next piece takes */
function forward(from: Socket, to: Socket, delayOf: () => number): void {
  // Timers of different lengths do not keep their order; what came first must go out first.
  const waiting: (() => void)[] = [];
  const later = (work: () => void): void => {
    const delay = delayOf();
    if (delay === 0) return work();
    waiting.push(work);
    setTimeout(() => waiting.shift()?.(), delay);
  };
  from.on("data", (piece: Buffer) => later(() => to.writable && to.write(piece)));
  from.on("end", () => later(() => to.end()));
  // Whoever goes away without a word takes the other one along.
  from.on("error", () => to.destroy());
}
