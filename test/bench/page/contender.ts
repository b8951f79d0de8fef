import { setTimeout as delay } from "node:timers/promises";
import type { BrowserContext, Page, Request } from "playwright";
import type { BenchProgram } from "../program.ts";

/** One time, in milliseconds from Run to the result, and the requests that left the browser meanwhile. */
export interface Measurement {
  readonly ms: number;
  readonly requests: number;
}

/** A way to deliver a program to a browser. */
export interface Contender {
  readonly name: string;
  /** Starts its server, always on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Opens its page, ready to run. */
  open(page: Page): Promise<void>;
  /** Runs `program` and gives the milliseconds until its result, by the page's own clock. */
  run(page: Page, program: BenchProgram): Promise<number>;
}

/** Runs `program` in a new tab of `context`. */
export async function measure(
  contender: Contender,
  context: BrowserContext,
  program: BenchProgram,
): Promise<Measurement> {
  const page = await context.newPage();
  await contender.open(page);
  const count = await countRequests(page);
  const ms = await contender.run(page, program);
  const requests = await count();
  await page.close();
  return { ms, requests };
}

/**
 * Counts what leaves the browser: of the page, its workers and the service worker, but neither what that one answers
 * itself nor what the HTTP cache does.
 */
async function countRequests(page: Page): Promise<() => Promise<number>> {
  const context = page.context();
  const requests: Request[] = [];
  const cached = new Set<string>();
  const session = await context.newCDPSession(page);
  session.on("Network.responseReceived", ({ response }) => void (response.fromDiskCache && cached.add(response.url)));
  await session.send("Network.enable");
  const heard = (request: Request): void => void (request.url().startsWith("http") && requests.push(request));
  context.on("request", heard);
  return async () => {
    context.off("request", heard);
    const left = await Promise.all(requests.map(leftTheBrowser));
    await session.detach();
    return requests.filter((request, index) => left[index] && !cached.has(request.url())).length;
  };
}

/** A request without an answer did leave. */
async function leftTheBrowser(request: Request): Promise<boolean> {
  const response = await Promise.race([request.response(), delay(1000, null)]);
  return response?.fromServiceWorker() !== true;
}
