import { describe, it } from "vitest";
import { parseRegistryConfig } from "../../../../src/fetch/registries/parse-registry-config.ts";

describe("a config.toml", () => {
  it("R27, R108, R109: names the default registry, its mirrors, and registries by scope and prefix", ({ expect }) => {
    const settings = parseRegistryConfig(
      `
[registry]
default = "https://main.test"
mirrors = ["https://one.test/npm", "https://two.test/\${PATH_OF_TWO}"]
[registry.scopes]
"@acme" = "https://acme.test/"
[registry.prefixes]
"acme-" = "https://acme.test/"
[registry.tokens]
"https://acme.test" = "\${ACME}"
[cache]
dir = "~/.raya/cache"
[network]
timeout = 30
retry = 3
parallel = 4
`,
      { ACME: "t0ken", PATH_OF_TWO: "npm" },
    );
    expect(settings.registry).toBe("https://main.test/");
    expect([...settings.mirrors]).toEqual([["https://main.test/", ["https://one.test/npm/", "https://two.test/npm/"]]]);
    expect([...settings.owners]).toEqual([
      ["@acme/", "https://acme.test/"],
      ["acme-", "https://acme.test/"],
    ]);
    expect([...settings.credentials]).toEqual([["//acme.test/", "Bearer t0ken"]]);
    expect(settings.limits).toEqual({ fetchTimeout: 30_000, attempts: 4, parallelFetches: 4 });
  });

  it("may say nothing", ({ expect }) => {
    expect(parseRegistryConfig("").registry).toBeUndefined();
  });

  it.for([
    ["that is not TOML", '[registry.tokens]\n"//a.test/" = "SECRET', "config.toml is not TOML"],
    ["with a list for an address", '[registry]\ndefault = ["SECRET"]', "registry.default"],
    ["with text for mirrors", '[registry]\ndefault = "https://a.test"\nmirrors = "SECRET"', "registry.mirrors"],
    ["with mirrors of nothing", '[registry]\nmirrors = ["https://SECRET.test"]', "registry.mirrors"],
    ["with a scope without @", '[registry.scopes]\nacme = "https://SECRET.test"', "registry.scopes.acme"],
    ["with a prefix of nothing", '[registry.prefixes]\n"" = "https://SECRET.test"', "registry.prefixes."],
    ["with a number for a token", '[registry.tokens]\n"//a.test" = 1', "registry.tokens.//a.test"],
    ["with text for a table", 'registry = "SECRET"', '"registry"'],
    ["with text for a number", '[network]\ntimeout = "SECRET"', "network.timeout"],
    ["with less than nothing", "[network]\nretry = -1", "network.retry"],
  ] as const)("%s is refused by the name of the setting, and no value is shown", ([, text, named], { expect }) => {
    const error = thrownBy(() => parseRegistryConfig(text));
    expect(error).toMatchObject({
      code: "ERR_REGISTRY_CONFIG_INVALID",
      message: expect.stringContaining(named),
      details: { file: "config.toml" },
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
