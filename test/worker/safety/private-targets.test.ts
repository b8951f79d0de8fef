import { describe, it } from "vitest";
import { isPrivateHost } from "../../../worker/private-host.ts";
import { createFakeEdge, errorOf } from "../fake-upstream.ts";

/** Ways to write addresses that are nobody's on the internet. */
const PRIVATE = [
  "http://127.0.0.1/",
  "http://127.1/",
  "http://2130706433/",
  "http://0x7f000001/",
  "http://0x7f.0.0.1/",
  "http://0177.0.0.1/",
  "http://017700000001/",
  "http://127.0.0.1./",
  "http://１２７.０.０.１/",
  "http://①②⑦.0.0.1/",
  "http://%31%32%37.0.0.1/",
  "http://0/",
  "http://0.0.0.0/",
  "http://10.1.2.3/",
  "http://100.64.0.1/",
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://172.16.0.1/",
  "http://172.31.255.255/",
  "http://192.168.0.1/",
  "http://198.18.0.1/",
  "http://224.0.0.1/",
  "http://255.255.255.255/",
  "http://[::1]/",
  "http://[::]/",
  "http://[0:0:0:0:0:0:0:1]/",
  "http://[::127.0.0.1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:7f00:1]/",
  "http://[::ffff:169.254.169.254]/",
  "http://[64:ff9b::10.0.0.1]/",
  "http://[2002:7f00:1::]/",
  "http://[fc00::1]/",
  "http://[fd12:3456::1]/",
  "http://[fe80::1]/",
  "http://[febf::1]/",
  "http://[fec0::1]/",
  "http://[ff02::1]/",
  "http://localhost/",
  "http://LOCALHOST./",
  "http://a.localhost/",
  "http://router/",
  "http://printer.local/",
  "http://metadata.google.internal/",
];

const PUBLIC = [
  "https://cdn.test/",
  "https://8.8.8.8/",
  "https://172.15.0.1/",
  "https://172.32.0.1/",
  "https://100.63.255.255/",
  "https://192.169.0.1/",
  "https://[2606:4700::1111]/",
  "https://[::ffff:8.8.8.8]/",
  "https://[2002:808:808::]/",
  "https://localhost.example.com/",
  "https://internal.example.com/",
];

const ALLOWED = { allowedOrigins: ["https://cdn.test", "http://127.0.0.1:9000", "http://localhost:9000"] };
const route = (href: string): string => `/url?href=${encodeURIComponent(href)}`;
const script = (): Response => new Response("1", { headers: { "content-type": "text/javascript" } });
/** Headers are ASCII. */
const redirect = (href: string): Response =>
  new Response(null, { status: 302, headers: { location: href.replace(/[^\x20-\x7e]/g, encodeURIComponent) } });

describe("targets inside", () => {
  it.for(PRIVATE)("%s is known as one, is not fetched, and is not followed to", async (href, { expect }) => {
    expect(isPrivateHost(new URL(href).hostname)).toBe(true);
    const direct = createFakeEdge(script, ALLOWED);
    expect((await errorOf(await direct.get(route(href)))).code).toBe("ERR_ORIGIN_NOT_ALLOWED");
    expect(direct.requests).toEqual([]);
    const redirected = createFakeEdge(() => redirect(href), ALLOWED);
    expect((await redirected.get(route("https://cdn.test/a.js"))).status).toBe(403);
    expect(redirected.requests).toEqual(["https://cdn.test/a.js"]);
  });

  it.for(PUBLIC)("%s is none", (href, { expect }) => {
    expect(isPrivateHost(new URL(href).hostname)).toBe(false);
  });

  it("that the operator has listed are fetched, and not followed to from the internet", async ({ expect }) => {
    const edge = createFakeEdge(
      (url) => (url.hostname === "cdn.test" ? redirect("http://127.0.0.1:9000/admin.js") : script()),
      ALLOWED,
    );
    expect((await edge.get(route("http://127.0.0.1:9000/a.js"))).status).toBe(200);
    expect((await edge.get(route("https://cdn.test/a.js"))).status).toBe(403);
    expect(edge.requests).toEqual(["http://127.0.0.1:9000/a.js", "https://cdn.test/a.js"]);
  });

  it("may redirect among themselves", async ({ expect }) => {
    const edge = createFakeEdge(
      (url) => (url.pathname === "/a.js" ? redirect("http://localhost:9000/b.js") : script()),
      ALLOWED,
    );
    expect((await edge.get(route("http://127.0.0.1:9000/a.js"))).status).toBe(200);
  });

  const DISGUISED = [
    "https://cdn.test@127.0.0.1/",
    "https://cdn.test:443@127.0.0.1/",
    "https://127.0.0.1#@cdn.test/",
    "https://127.0.0.1\\@cdn.test/",
    "https://cdn.test.127.0.0.1.nip.io/",
    "https:\t//127.0.0.1/",
    "\nhttps://127.0.0.1/",
    "https:127.0.0.1/",
    "https:///127.0.0.1/",
    "https://cdn.test\u3002evil.test/",
    "https://cdn.test%2eevil.test/",
    "https://cdn.test./",
  ];
  it.for(DISGUISED)("%j is not taken for one that is listed", async (href, { expect }) => {
    const edge = createFakeEdge(script, ALLOWED);
    expect((await edge.get(route(href))).ok).toBe(false);
    expect(edge.requests).toEqual([]);
  });
});
