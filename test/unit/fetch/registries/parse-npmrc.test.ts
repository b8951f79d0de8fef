import { describe, it } from "vitest";
import { parseNpmrc } from "../../../../src/fetch/registries/parse-npmrc.ts";

const credentialsOf = (text: string, values: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(parseNpmrc(text, values).credentials);

describe("an .npmrc", () => {
  it("L52: names the default registry and those of scopes", ({ expect }) => {
    const settings = parseNpmrc(
      "registry=https://registry.test/npm\n@acme:registry = https://acme.test/\n@b:registry=http://[::1]:4873/b",
    );
    expect(settings.registry).toBe("https://registry.test/npm/");
    expect([...settings.owners]).toEqual([
      ["@acme/", "https://acme.test/"],
      ["@b/", "http://[::1]:4873/b/"],
    ]);
  });

  it("P42: has tokens and passwords by host and path", ({ expect }) => {
    const text = `
//token.test/:_authToken=abc
//token.test/team/:_authToken="a=b;c#d"
//basic.test:_auth=bmFtZTpwYXNz
//Pair.TEST:8080/npm/:username=näme
//Pair.TEST:8080/npm/:_password=cGFzcw==
`;
    expect(credentialsOf(text)).toEqual({
      "//token.test/": "Bearer abc",
      "//token.test/team/": "Bearer a=b;c#d",
      "//basic.test/": "Basic bmFtZTpwYXNz",
      "//pair.test:8080/npm/": "Basic bsOkbWU6cGFzcw==",
    });
  });

  it("takes the token before _auth, and that before a name and password, as npm does", ({ expect }) => {
    const pair = "//a.test/:username=u\n//a.test/:_password=cGFzcw==\n";
    expect(credentialsOf(`${pair}//a.test/:_auth=eDp5\n//a.test/:_authToken=t`)).toEqual({ "//a.test/": "Bearer t" });
    expect(credentialsOf(`//a.test/:_auth=eDp5\n${pair}`)).toEqual({ "//a.test/": "Basic eDp5" });
    expect(credentialsOf("//a.test/:username=alone")).toEqual({});
  });

  it.for([
    ["a comment before it", "; //a.test/:_authToken=x\n# //a.test/:_authToken=y\n//a.test/:_authToken=t"],
    ["a comment behind it", "//a.test/:_authToken=t ; mine"],
    ["spaces around it", "  //a.test/:_authToken   =   t  "],
    ["double quotes", '//a.test/:_authToken="t"'],
    ["single quotes", "//a.test/:_authToken='t'"],
    ["a line end of Windows", "registry=https://r.test/\r\n//a.test/:_authToken=t\r\n"],
    ["another value before it", "//a.test/:_authToken=x\n//a.test/:_authToken=t"],
    ["a setting of something else", "omit-lockfile-registry-resolved=true\nnodedir\n//a.test/:_authToken=t"],
    ["a section after it, which npm does not look into", "//a.test/:_authToken=t\n[team]\n//a.test/:_authToken=x"],
  ] as const)("is read with %s", ([, text], { expect }) => {
    expect(credentialsOf(text)).toEqual({ "//a.test/": "Bearer t" });
  });

  it("has characters behind a backslash", ({ expect }) => {
    expect(credentialsOf("//a.test/:_authToken=a\\;b\\#c\\\\d\\e")).toEqual({ "//a.test/": "Bearer a;b#c\\d\\e" });
  });

  it("fills placeholders in names and values from what it is given, and from nothing else", ({ expect }) => {
    const values = { TOKEN: "t", HOST: "a.test", __proto__: "no" };
    expect(credentialsOf("//${HOST}/:_authToken=${TOKEN}-${TOKEN}", values)).toEqual({ "//a.test/": "Bearer t-t" });
    expect(credentialsOf("//a.test/:_authToken=t${MISSING?}")).toEqual({ "//a.test/": "Bearer t" });
    expect(credentialsOf("//a.test/:_authToken=\\${TOKEN}", values)).toEqual({ "//a.test/": "Bearer ${TOKEN}" });
    for (const name of ["PATH", "HOME", "toString", "__proto__"]) {
      expect(() => parseNpmrc(`\n//a.test/:_authToken=\${${name}}`)).toThrow(
        expect.objectContaining({
          code: "ERR_REGISTRY_CONFIG_INVALID",
          message: `"//a.test/:_authToken" in .npmrc:2 cannot be used: nothing says what \${${name}} is`,
          details: expect.objectContaining({ file: ".npmrc", line: 2 }),
        }),
      );
    }
    expect(parseNpmrc("cache=${HOME}/cache").registry).toBeUndefined();
  });

  it("takes the name and password out of an address", ({ expect }) => {
    const settings = parseNpmrc("registry=https://me:p%40ss@registry.test/npm?x#y");
    expect(settings.registry).toBe("https://registry.test/npm/");
    expect([...settings.credentials]).toEqual([["//registry.test/npm/", `Basic ${btoa("me:p@ss")}`]]);
  });

  it("R113, R114: says how long to wait, how often to try and how much at once", ({ expect }) => {
    const text = "fetch-timeout=5000\nfetch-retries=0\nfetch-retry-mintimeout=10\nmaxsockets=3";
    expect(parseNpmrc(text).limits).toEqual({ fetchTimeout: 5000, attempts: 1, retryDelay: 10, parallelFetches: 3 });
  });

  it.for([
    ["an address that is none", "registry=SECRET"],
    ["an address of another kind", "@a:registry=file:///SECRET"],
    ["a token with a space", "//a.test/:_authToken=SECRET SECRET"],
    ["a token with a line in it", '//a.test/:_authToken="SECRET\\nx: y"'],
    ["no token", "//a.test/:_authToken="],
    ["a password that is not base64", "//a.test/:username=u\n//a.test/:_password=SECRET!"],
    ["a token for no host", "_authToken=SECRET"],
    ["a token for something that is no host", "//[/:_authToken=SECRET"],
    ["an _auth for no host", "_auth=SECRET"],
    ["a number that is none", "fetch-timeout=SECRET"],
  ] as const)("with %s is refused with its line, and its value is not shown", ([, text], { expect }) => {
    const error = thrownBy(() => parseNpmrc(`; here\n${text}`));
    expect(error).toMatchObject({
      code: "ERR_REGISTRY_CONFIG_INVALID",
      details: { file: ".npmrc", line: text.split("\n").length + 1 },
    });
    expect(error).not.toHaveProperty("cause");
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("SECRET");
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
