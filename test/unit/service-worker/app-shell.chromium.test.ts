import { afterEach, describe, it } from "vitest";
import { ACTIVATE_MESSAGE, serveAppShell } from "../../../src/platform/service-worker/app-shell.ts";
import type { ServiceWorkerScope } from "../../../src/platform/service-worker/scope.ts";

/** What a server has: path → text. */
type Site = Readonly<Record<string, string>>;

const FIRST: Site = {
  "/": '<link rel="stylesheet" href="/assets/1.css"><script type="module" src="/assets/1.js"></script>one',
  "/assets/1.js": "script one",
  "/assets/1.css": "style one",
};
const SECOND: Site = {
  "/": '<script type="module" src="/assets/2.js"></script>two',
  "/assets/2.js": "script two",
};

/** A server whose site changes, and that counts who asks. */
function createServer(site: Site) {
  const requests: string[] = [];
  const server = { site, requests, redirected: "", fetch };
  async function fetch(request: Request | string): Promise<Response> {
    const { pathname } = new URL(typeof request === "string" ? request : request.url, location.origin);
    requests.push(pathname);
    const text = server.site[pathname];
    const response = text === undefined ? new Response("", { status: 404 }) : new Response(text);
    return Object.defineProperty(response, "redirected", { value: pathname === server.redirected });
  }
  return server;
}

/** Runs a service worker's script over this browser's Cache Storage, as is done for every build. */
function startWorker(server: ReturnType<typeof createServer>, build: string, urls: string[]) {
  const target = new EventTarget();
  const worker = { skipped: false, claimed: false, dispatch, open };
  const scope: ServiceWorkerScope = {
    location: { origin: location.origin },
    caches,
    fetch: server.fetch,
    clients: { claim: async () => void (worker.claimed = true) },
    skipWaiting: async () => void (worker.skipped = true),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an EventTarget does not know its events
    addEventListener: target.addEventListener.bind(target) as ServiceWorkerScope["addEventListener"],
  };
  serveAppShell(scope, {
    build,
    urls,
    isEdgePath: (path) => path.startsWith("/npm/"),
    edge: async (request) => new Response(`edge ${new URL(request.url).pathname}`),
  });

  async function dispatch(type: string, fields: object = {}): Promise<void> {
    const work: Promise<unknown>[] = [];
    const waitUntil = (promise: Promise<unknown>): void => void work.push(promise);
    target.dispatchEvent(Object.assign(new Event(type), fields, { waitUntil }));
    await Promise.all(work);
  }

  /** What a page under this worker gets; undefined where it is left to the network. */
  async function open(path: string, mode = "no-cors", method = "GET"): Promise<string | undefined> {
    const answers: Promise<Response>[] = [];
    const request = { url: new URL(path, location.origin).href, mode, method };
    await dispatch("fetch", { request, respondWith: (response: Promise<Response>) => void answers.push(response) });
    return (await answers[0])?.text();
  }
  return worker;
}

describe("the app shell", () => {
  afterEach(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });

  it("R9: serves the page and its files without the network", async ({ expect }) => {
    const server = createServer(FIRST);
    const worker = startWorker(server, "1", Object.keys(FIRST));
    await worker.dispatch("install");
    await worker.dispatch("activate");
    expect(worker.claimed).toBe(true);
    server.requests.length = 0;
    for (const path of ["/", "/?program=abc", "/some/where"]) {
      expect(await worker.open(path, "navigate")).toBe(FIRST["/"]);
    }
    expect(await worker.open("/assets/1.js")).toBe("script one");
    expect(server.requests).toEqual([]);
  });

  it("gives the edge's paths to the edge, and leaves the rest alone", async ({ expect }) => {
    const worker = startWorker(createServer(FIRST), "1", Object.keys(FIRST));
    expect(await worker.open("/npm/react")).toBe("edge /npm/react");
    expect(await worker.open("/npm/react", "navigate")).toBe("edge /npm/react");
    expect(await worker.open("/other.json")).toBeUndefined();
    expect(await worker.open("https://elsewhere.test/", "navigate")).toBeUndefined();
    expect(await worker.open("/", "navigate", "POST")).toBeUndefined();
  });

  it("installs all files or none", async ({ expect }) => {
    const worker = startWorker(createServer(FIRST), "1", [...Object.keys(FIRST), "/assets/missing.js"]);
    await expect(worker.dispatch("install")).rejects.toThrow("/assets/missing.js");
    expect(await caches.keys()).toEqual([]);
  });

  it("does not install what the server answered with another page", async ({ expect }) => {
    for (const path of ["/", "/assets/1.js"]) {
      const server = createServer(FIRST);
      server.redirected = path;
      const worker = startWorker(server, "1", Object.keys(FIRST));
      await expect(worker.dispatch("install")).rejects.toThrow(`"${path}" was redirected`);
      expect(await caches.keys()).toEqual([]);
    }
  });

  it("does not install the page of another build than its own", async ({ expect }) => {
    const worker = startWorker(createServer({ ...FIRST, ...SECOND }), "1", Object.keys(FIRST));
    await expect(worker.dispatch("install")).rejects.toThrow("/assets/2.js");
    expect(await caches.keys()).toEqual([]);
  });

  it("never mixes builds: the old one stays whole until the new one takes over, then that one is", async ({
    expect,
  }) => {
    const server = createServer(FIRST);
    const first = startWorker(server, "1", Object.keys(FIRST));
    await first.dispatch("install");
    await first.dispatch("activate");
    server.site = SECOND;
    const second = startWorker(server, "2", Object.keys(SECOND));
    await second.dispatch("install");
    expect(second.skipped).toBe(false);
    expect(await first.open("/", "navigate")).toBe(FIRST["/"]);
    expect(await first.open("/assets/1.css")).toBe("style one");
    await second.dispatch("message", { data: "something else" });
    expect(second.skipped).toBe(false);
    await second.dispatch("message", { data: ACTIVATE_MESSAGE });
    expect(second.skipped).toBe(true);
    await second.dispatch("activate");
    expect(await second.open("/", "navigate")).toBe(SECOND["/"]);
    expect(await second.open("/assets/2.js")).toBe("script two");
    expect(await caches.keys()).toEqual(["raya-shell-2"]);
  });

  it("goes to the network when the browser has cleared its cache", async ({ expect }) => {
    const server = createServer(FIRST);
    const worker = startWorker(server, "1", Object.keys(FIRST));
    expect(await worker.open("/", "navigate")).toBe(FIRST["/"]);
    expect(server.requests).toEqual(["/"]);
  });
});
