import { describe, it } from "vitest";
import { createSigningKey, signPackage, verifySignature } from "../../../src/verify/signature.ts";

const SUBJECT = { name: "@acme/lib", version: "1.0.0", integrity: "sha512-AAAA" };

describe("R106: an author's signature", () => {
  it("is one of that version and archive, by that key", async ({ expect }) => {
    const key = await createSigningKey();
    const signed = await signPackage(SUBJECT, key);
    expect(signed.publicKey).toBe(key.publicKey);
    await verifySignature(SUBJECT, signed);
    const other = await createSigningKey();
    const WRONG = [
      [{ ...SUBJECT, name: "@acme/other" }, signed],
      [{ ...SUBJECT, version: "1.0.1" }, signed],
      [{ ...SUBJECT, integrity: "sha512-AAAB" }, signed],
      [SUBJECT, { ...signed, publicKey: other.publicKey }],
      [SUBJECT, { ...signed, signature: other.publicKey }],
      [SUBJECT, { ...signed, signature: "ed25519:" }],
      [SUBJECT, { ...signed, signature: signed.signature.replace("ed25519:", "rsa:") }],
      [SUBJECT, { ...signed, publicKey: "https://keys.example/me.pub" }],
      [SUBJECT, { ...signed, publicKey: "ed25519:AAAA" }],
      [SUBJECT, { ...signed, publicKey: `ed25519:${"/".repeat(42)}8=` }],
    ] as const;
    for (const [subject, signature] of WRONG)
      await expect(verifySignature(subject, signature)).rejects.toMatchObject({ code: "ERR_SIGNATURE_INVALID" });
  });

  it("is the same for everybody: this one was made in Node", async ({ expect }) => {
    const key = {
      privateKey: "ed25519:MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
      publicKey: "ed25519:A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
    };
    const { signature } = await signPackage(SUBJECT, key);
    expect(signature).toBe(
      "ed25519:zXkXrtog3dytVyz5hFJZ3Z6yHBxHR7I+bvfNz+J/FHYzTSP12I0DZi/LjsYdep60ykG75xL4nnC81Rcuqgt+Ag==",
    );
  });

  it("is not made with a key that is none, or not the one that is published", async ({ expect }) => {
    const [key, other] = await Promise.all([createSigningKey(), createSigningKey()]);
    for (const wrong of [
      { ...key, privateKey: "ed25519:AAAA" },
      { ...key, privateKey: "" },
      { ...key, publicKey: other.publicKey },
    ])
      await expect(signPackage(SUBJECT, wrong)).rejects.toMatchObject({ code: "ERR_SIGNATURE_INVALID" });
  });
});
