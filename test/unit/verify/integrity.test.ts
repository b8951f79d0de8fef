import { describe, it } from "vitest";
import { digestBytes } from "../../../src/verify/digest.ts";
import { formatIntegrity, integrityFromHex, parseIntegrity } from "../../../src/verify/integrity.ts";

const abc = new TextEncoder().encode("abc");
const sha1 = formatIntegrity("sha1", await digestBytes("sha1", abc));
const sha256 = formatIntegrity("sha256", await digestBytes("sha256", abc));
const sha384 = formatIntegrity("sha384", await digestBytes("sha384", abc));
const sha512 = formatIntegrity("sha512", await digestBytes("sha512", abc));

const chosen = (text: string): string => {
  const { algorithm, digest } = parseIntegrity(text, {});
  return `${algorithm}-${digest}`;
};

describe("parseIntegrity", () => {
  it.for([
    ["one hash", sha256, sha256],
    ["the strongest of many", `${sha256} ${sha512} ${sha384} ${sha1}`, sha512],
    ["SHA-384 over SHA-256", `${sha256} ${sha384}`, sha384],
    ["SHA-1 where nothing stronger is listed", sha1, sha1],
    ["SHA-256 over SHA-1", `${sha1} ${sha256}`, sha256],
    ["what it knows among what it does not", `md5-kAFQmDzST7DWlj99KOF/cg== blake3-abc ${sha256}`, sha256],
    ["a hash with options", `${sha256}?type=tgz`, sha256],
    ["hashes on several lines", `\n\t${sha256}\n ${sha384} \n`, sha384],
    ["a well-formed hash over a stronger one that is cut off", `${sha512.slice(0, 40)} ${sha256}`, sha256],
    ["the digest itself, not its spelling", "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1=", sha256],
  ] as const)("takes %s", ([, text, expected], { expect }) => {
    expect(chosen(text)).toBe(expected);
  });

  it.for([
    "",
    "   ",
    "sha512",
    "sha512-",
    "sha512-!!!!",
    "md5-kAFQmDzST7DWlj99KOF/cg==",
    "sha512-AAAA",
    `SHA256-${sha256.slice(7)}`,
  ])('refuses "%s", which has no hash that can be checked', (text, { expect }) => {
    const parse = (): unknown => parseIntegrity(text, { package: "react@19.3.1" });
    expect(parse).toThrow(
      expect.objectContaining({
        code: "ERR_INTEGRITY_UNSUPPORTED",
        details: { package: "react@19.3.1", expected: text },
      }),
    );
    expect(parse).toThrow("react@19.3.1");
  });
});

describe("integrityFromHex", () => {
  it("makes an integrity of npm's shasum", ({ expect }) => {
    expect(integrityFromHex("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d")).toBe(sha1);
  });

  it.for(["", "a9993e", "zz993e364706816aba3e25717850c26c9cd0d89d"])('refuses "%s"', (hex, { expect }) => {
    expect(() => integrityFromHex("sha1", hex)).toThrow(expect.objectContaining({ code: "ERR_INTEGRITY_UNSUPPORTED" }));
  });
});
