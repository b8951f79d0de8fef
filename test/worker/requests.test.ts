import { describe, it } from "vitest";
import { createFakeEdge, createPackage, errorOf, registryOf } from "./fake-upstream.ts";

const react = createPackage("react", "19.0.0");

describe("requests that never reach the upstream", () => {
  const REFUSED: [path: string, code: string][] = [
    ["/npm/", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/react/", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/react/19.0.0/more", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/react/^19.0.0", "ERR_INVALID_RANGE"],
    ["/npm/react/19", "ERR_INVALID_RANGE"],
    ["/npm/react/..%2fother", "ERR_INVALID_RANGE"],
    ["/npm/-/v1/search", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/-/ping", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/react/-/other-19.0.0.tgz", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/react/-/react-19.0.0.zip", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/react/-/react-19.0.0.tgz/more", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/..%2f..%2fadmin", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/react%2f..%2fother", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/@scope%2f..%2fname", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/@scope%2f..", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/@..%2fname", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/@scope", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/@/name", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/.hidden", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/_private", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/...", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/node_modules", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/re%00act", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/re%0d%0aact", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/re%20act", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/%72eact", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/react%3fx=1", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/react%23x", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/r%C3%A9act", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/a@b", "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/https:%2f%2fevil.test", "ERR_INVALID_PACKAGE_NAME"],
    [`/npm/${"x".repeat(215)}`, "ERR_INVALID_PACKAGE_NAME"],
    ["/npm/react/-/react-latest.tgz", "ERR_INVALID_RANGE"],
    ["/npm/react/-/react-19.tgz", "ERR_INVALID_RANGE"],
    ["/npm/react/-/react-^19.0.0.tgz", "ERR_INVALID_RANGE"],
    ["/npm/react/-/react-v19.0.0.tgz", "ERR_INVALID_RANGE"],
    ["/npm/react/-/react-%2019.0.0.tgz", "ERR_INVALID_RANGE"],
    ["/npm/react/-/react-19.0.0%2f..%2fx.tgz", "ERR_INVALID_RANGE"],
    ["/npm/react/-/react-.tgz", "ERR_INVALID_RANGE"],
    ["/", "ERR_ROUTE_NOT_FOUND"],
    ["/npm", "ERR_ROUTE_NOT_FOUND"],
    ["/other", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/../react", "ERR_ROUTE_NOT_FOUND"],
    ["/npm/%2e%2e/react", "ERR_ROUTE_NOT_FOUND"],
  ];
  it.for(REFUSED)("%s is %s", async ([path, code], { expect }) => {
    const edge = createFakeEdge(registryOf(react));
    const response = await edge.get(path);
    expect((await errorOf(response)).code).toBe(code);
    expect(response.status).toBe(code === "ERR_ROUTE_NOT_FOUND" ? 404 : 400);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(edge.requests).toEqual([]);
  });

  it.for(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "%s is not a method of the edge",
    async (method, { expect }) => {
      const edge = createFakeEdge(registryOf(react));
      const response = await edge.get("/npm/react", { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe("GET, HEAD");
      expect((await errorOf(response)).code).toBe("ERR_METHOD_NOT_ALLOWED");
      expect(edge.requests).toEqual([]);
    },
  );
});

describe("names and versions as registries really have them", () => {
  const ACCEPTED: [name: string, version: string][] = [
    ["JSONStream", "1.3.5"],
    ["@types/node", "22.0.0"],
    ["lodash.merge", "4.6.2"],
    ["buffer", "6.0.3"],
    ["a-1.0.0-b", "1.0.0-beta.1"],
    ["@babel/core", "8.0.0-alpha.12"],
    ["built", "1.0.0+build.5"],
    ["-", "0.0.1"],
    ["constructor", "1.0.0"],
  ];
  it.for(ACCEPTED)("%s %s", async ([name, version], { expect }) => {
    const edge = createFakeEdge(registryOf(createPackage(name, version)));
    const file = `${name.slice(name.lastIndexOf("/") + 1)}-${version}.tgz`;
    expect((await edge.get(`/npm/${name}/-/${file}`)).status).toBe(200);
  });
});

describe("a bug", () => {
  it("is an error that tells the visitor nothing and the log everything", async ({ expect }) => {
    const records = {
      read: async () => Promise.reject(new RangeError("secret")),
      write: async () => {},
      remove: async () => {},
    };
    const edge = createFakeEdge(registryOf(react), { records });
    const response = await edge.get("/npm/react");
    expect(response.status).toBe(500);
    const error = await errorOf(response);
    expect(error.code).toBe("ERR_EDGE_FAILED");
    expect(JSON.stringify(error)).not.toContain("secret");
    expect(edge.events.some(({ kind, message }) => kind === "fail" && message?.includes("secret"))).toBe(true);
  });
});

describe("an upstream that fails", () => {
  it("is not shown to visitors: its address is the operator's business", async ({ expect }) => {
    for (const upstream of [() => new Response("no", { status: 403 }), () => undefined]) {
      const edge = createFakeEdge(upstream);
      const text = await (await edge.get("/npm/react/-/react-19.0.0.tgz")).text();
      expect(text).toContain("react");
      expect(text).not.toContain("registry.test");
    }
  });
});
