import { describe, it } from "vitest";
import { readSettings } from "../../worker/read-settings.ts";

const SET = {
  UPSTREAM_REGISTRY: "https://registry.test/npm",
  ALLOWED_ORIGINS: " https://esm.test  http://127.0.0.1:9000\n",
  PRIVATE_SCOPES: "@acme @acme-labs",
  PUBLIC_ORIGIN: "https://npm.acme.test",
};

describe("settings", () => {
  it("are read as an operator means them", ({ expect }) => {
    expect(readSettings(SET)).toEqual({
      registry: "https://registry.test/npm/",
      allowedOrigins: ["https://esm.test", "http://127.0.0.1:9000"],
      privateScopes: ["@acme", "@acme-labs"],
      publicOrigin: "https://npm.acme.test",
    });
    const empty = { UPSTREAM_REGISTRY: "", ALLOWED_ORIGINS: "", PRIVATE_SCOPES: "", PUBLIC_ORIGIN: "" };
    expect(readSettings(empty)).toEqual({
      registry: "",
      allowedOrigins: [],
      privateScopes: [],
      publicOrigin: undefined,
    });
  });

  it.for([
    ["ALLOWED_ORIGINS", "https://esm.test/"],
    ["ALLOWED_ORIGINS", "https://esm.test/path"],
    ["ALLOWED_ORIGINS", "esm.test"],
    ["ALLOWED_ORIGINS", "https://*.esm.test/"],
    ["ALLOWED_ORIGINS", "file://"],
    ["PRIVATE_SCOPES", "acme"],
    ["PRIVATE_SCOPES", "@acme/"],
    ["PRIVATE_SCOPES", "@Acme"],
    ["PRIVATE_SCOPES", "@acme,@labs"],
    ["PUBLIC_ORIGIN", "https://npm.acme.test/"],
    ["PUBLIC_ORIGIN", "npm.acme.test"],
  ] as const)("%s that is %s is refused, and named: it would be without effect", ([variable, value], { expect }) => {
    const read = (): unknown => readSettings({ ...SET, [variable]: value });
    expect(read).toThrow(
      expect.objectContaining({ code: "ERR_EDGE_CONFIGURATION", message: expect.stringContaining(variable) }),
    );
  });
});
