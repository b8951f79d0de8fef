import { gunzipSync, gzipSync } from "fflate";
import { describe, it } from "vitest";
import { createImageFile } from "../../../src/load/image-file.ts";
import { decodeImage } from "../../../src/run/encode-image.ts";
import type { Image } from "../../../src/run/image.ts";

const IMAGE: Image = {
  entry: "https://app.test/~/project/main.js#image-0",
  base: "https://app.test/~/",
  mode: "production",
  nodeBuiltins: false,
  modules: [
    { url: "https://app.test/~/image-0.js", kind: "script", code: "run(“ü”);" },
    { url: "https://app.test/~/big.js", kind: "esm", code: "export default 1;" },
  ],
  wasm: [],
};

describe("the file of an image", () => {
  it("is the same bytes on every platform, and the same image again", async ({ expect }) => {
    const { bytes, integrity } = await createImageFile(IMAGE);
    expect(integrity).toBe("sha256-ytRxKZ9M1Podd7wO2Og0tIit8/u2pHogW7u7xu+yuLA=");
    expect(decodeImage(gunzipSync(bytes)).image).toEqual(IMAGE);
  });

  it.for([
    ["cut off", (bytes: Uint8Array) => bytes.subarray(0, 60)],
    ["cut off at its end", (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ["of nothing", () => new Uint8Array()],
    ["of other bytes", () => gzipSync(new TextEncoder().encode("no image at all"))],
    ["whose first number is huge", (bytes: Uint8Array) => Uint8Array.of(255, 255, 255, 255, ...bytes.subarray(4))],
  ] as const)("cannot be read when it is %s", async ([, damage], { expect }) => {
    const whole = gunzipSync((await createImageFile(IMAGE)).bytes);
    const damaged = new Uint8Array(damage(whole));
    expect(() => decodeImage(damaged)).toThrow(expect.objectContaining({ code: "ERR_ARTIFACT_INVALID" }));
  });
});
