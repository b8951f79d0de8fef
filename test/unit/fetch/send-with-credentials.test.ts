import { describe, it } from "vitest";
import type { Credentials } from "../../../src/fetch/registries/credentials.ts";
import { sendWithCredentials } from "../../../src/fetch/send-with-credentials.ts";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";

const START = "https://registry.test/publish";
const NEXT = "https://elsewhere.test/answer";
const credentials: Credentials = {
  authorize: (url) => (url.startsWith("https://registry.test/") ? "Bearer secret" : undefined),
  isShownIn: () => false,
  redact: (error) => error,
};

describe("what is sent with credentials and redirected", () => {
  it.for([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "PUT", "GET"],
    [302, "PUT", "PUT"],
    [307, "POST", "POST"],
    [308, "POST", "POST"],
  ] as const)(
    "by a %i goes as HTTP has it: %s becomes %s, and only what is sent again has its body",
    async ([status, method, then], { expect }) => {
      const seen: [string, string, unknown, string | null][] = [];
      const fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
        const authorization = new Headers(init.headers).get("authorization");
        seen.push([url, init.method ?? "GET", init.body, authorization]);
        return url === START ? new Response(null, { status, headers: { location: NEXT } }) : new Response("there");
      };
      const host = { fetch, now: () => 0, delay: async () => undefined };
      await sendWithCredentials(
        { host, limits: DEFAULT_LIMITS },
        START,
        { method, body: "an archive" },
        credentials,
        {},
      );
      expect(seen).toEqual([
        [START, method, "an archive", "Bearer secret"],
        [NEXT, then, then === "GET" ? undefined : "an archive", null],
      ]);
    },
  );
});
