import { describe, it } from "vitest";
import { createShare } from "../../worker/share.ts";

function createPorts() {
  let time = 0;
  return {
    pass: (ms: number) => void (time += ms),
    now: () => time,
    delay: () => new Promise<void>((resolve) => setTimeout(resolve)),
  };
}

describe("work that several requests want", () => {
  it("is done once, and fails once, for all who ask at the same time", async ({ expect }) => {
    const share = createShare<number>(createPorts());
    let count = 0;
    const work = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (++count === 2) throw new TypeError("the second time");
      return count;
    };
    const ask = (): Promise<number> => share("key", work);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    const failures = await Promise.allSettled([ask(), ask()]);
    expect(failures.map((one) => one.status === "rejected" && String(one.reason))).toEqual([
      "TypeError: the second time",
      "TypeError: the second time",
    ]);
    expect(await ask()).toBe(3);
  });

  it("is begun anew when the request that began it has been ended without a word", async ({ expect }) => {
    const ports = createPorts();
    const share = createShare<string>(ports);
    void share("key", () => new Promise<never>(() => undefined));
    let begun = 0;
    const work = async (): Promise<string> => {
      begun++;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return "there";
    };
    const waiting = [share("key", work), share("key", work)];
    ports.pass(30_000);
    expect(await Promise.all(waiting)).toEqual(["there", "there"]);
    expect(begun).toBe(1);
  });
});
