import { describe, it } from "vitest";
import { createCredentials } from "../../../../src/fetch/registries/credentials.ts";
import { parseNpmrc } from "../../../../src/fetch/registries/parse-npmrc.ts";

const npmrc = `
@plain:registry=http://127.0.0.1:4873/
//a.test/:_authToken=root
//a.test/team/:_authToken=team
//b.test:8443/npm/:_authToken=port
//127.0.0.1:4873/:_authToken=plain
`;

describe("P42: a token is sent to its own origin and path", () => {
  it.for([
    ["https://a.test/react", "Bearer root"],
    ["https://a.test/", "Bearer root"],
    ["https://a.test/team/react", "Bearer team"],
    ["https://a.test/team", "Bearer team"],
    ["https://a.test/team/@a%2fb?x=/", "Bearer team"],
    ["https://a.test/teams/react", "Bearer root"],
    ["https://a.test/team/../react", "Bearer root"],
    ["https://A.TEST/react", "Bearer root"],
    ["https://b.test:8443/npm/react", "Bearer port"],
    ["http://127.0.0.1:4873/react", "Bearer plain"],
    ["https://b.test:8443/react", undefined],
    ["https://b.test/npm/react", undefined],
    ["http://a.test/react", undefined],
    ["https://sub.a.test/react", undefined],
    ["https://a.test.evil.test/react", undefined],
    ["https://a.test@evil.test/react", undefined],
    ["https://evil.test//a.test/react", undefined],
    ["data:text/plain,//a.test/", undefined],
  ] as const)("%s gets %s", ([url, authorization], { expect }) => {
    const credentials = createCredentials(parseNpmrc(npmrc), "https://registry.test/");
    expect(credentials?.authorize(url)).toBe(authorization);
  });
});
