import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createAnswerReader } from "./answer-reader.ts";
import type { Load, LoadResult } from "./run-load.ts";

// load-child.ts <load as JSON>: asks a server as fast as it answers, on connections that stay open, without pipelining, and
// prints what came. On bare sockets: an HTTP client would be slower than the servers that are measured.

const BUFFER_SIZE = 256 * 1024;

const load = JSON.parse(process.argv[2] ?? "") as Load;
const { host, hostname, port, pathname } = new URL(load.url);
const headers = Object.entries({ host, ...load.headers }).map(([name, value]) => `${name}: ${value}\r\n`);
const request = Buffer.from(`GET ${pathname} HTTP/1.1\r\n${headers.join("")}\r\n`);

const latencies: number[] = [];
const failures: Record<string, number> = {};
let bytes = 0;
let askUntil = 0;
const counted = (outcome: string): number => (failures[outcome] = (failures[outcome] ?? 0) + 1);

/** Opens a connection, and gives what asks on it until the time is over. */
async function open(): Promise<() => Promise<void>> {
  let heard: ((data: Buffer) => void) | undefined;
  const buffer = Buffer.alloc(BUFFER_SIZE);
  const callback = (size: number): boolean => {
    heard?.(buffer.subarray(0, size));
    return true;
  };
  const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer, callback } });
  await once(socket, "connect");
  return () => new Promise((done) => (heard = ask(socket, done)));
}

function ask(socket: Socket, done: () => void): (data: Buffer) => void {
  const end = (): void => {
    socket.destroy();
    done();
  };
  let asked = performance.now();
  const reader = createAnswerReader((answer) => {
    const now = performance.now();
    latencies.push(now - asked);
    bytes += answer.bytes;
    if (answer.status !== 200) counted(String(answer.status));
    if (now >= askUntil) return end();
    asked = now;
    socket.write(request);
  });
  const broken = (): void => {
    counted("connection ended");
    end();
  };
  socket.on("error", broken).on("end", broken);
  socket.write(request);
  return reader;
}

const connections = await Promise.all(Array.from({ length: load.connections }, open));
const started = performance.now();
askUntil = started + load.seconds * 1000;
await Promise.all(connections.map((start) => start()));
// What had been asked before the time was over is waited for: it must not disturb whoever is measured next.
const seconds = (performance.now() - started) / 1000;
const sorted = latencies.toSorted((a, b) => a - b);
const quantile = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const result: LoadResult = {
  answers: latencies.length,
  seconds,
  p50: quantile(0.5),
  p99: quantile(0.99),
  bytes: bytes / latencies.length,
  failures,
};
console.log(JSON.stringify(result));
