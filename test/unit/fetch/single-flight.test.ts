import { describe, it } from "vitest";
import { createSingleFlight } from "../../../src/fetch/single-flight.ts";

describe("single-flight", () => {
  it("does the work once for all who ask while it is under way", async ({ expect }) => {
    const fly = createSingleFlight<object>();
    let runs = 0;
    const produce = async (): Promise<object> => ({ run: (runs += 1) });
    const results = await Promise.all([fly("a", produce), fly("a", produce), fly("a", produce)]);
    expect(runs).toBe(1);
    expect(new Set(results).size).toBe(1);
  });

  it("keeps different keys apart", async ({ expect }) => {
    const fly = createSingleFlight<string>();
    expect(await Promise.all([fly("a", async () => "a"), fly("b", async () => "b")])).toEqual(["a", "b"]);
  });

  it("does it anew for who comes later, after a success as after a failure", async ({ expect }) => {
    const fly = createSingleFlight<string>();
    await expect(fly("a", () => Promise.reject(new Error("first")))).rejects.toThrow("first");
    expect(await fly("a", async () => "second")).toBe("second");
    expect(await fly("a", async () => "third")).toBe("third");
  });

  it("lets everybody who waits see the failure", async ({ expect }) => {
    const fly = createSingleFlight<string>();
    const failure = new Error("no");
    const produce = (): Promise<string> => Promise.reject(failure);
    const outcomes = await Promise.allSettled([fly("a", produce), fly("a", produce)]);
    expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason)).toEqual([failure, failure]);
  });

  it("goes on for the others when one gives up", async ({ expect }) => {
    const fly = createSingleFlight<string>();
    const { promise, resolve } = Promise.withResolvers<string>();
    const one = new AbortController();
    let shared: AbortSignal | undefined;
    const produce = (signal: AbortSignal): Promise<string> => {
      shared = signal;
      return promise;
    };
    const first = fly("a", produce, one.signal);
    const second = fly("a", produce, new AbortController().signal);
    one.abort("enough");
    await expect(first).rejects.toBe("enough");
    expect(shared?.aborted).toBe(false);
    resolve("done");
    expect(await second).toBe("done");
  });

  it("stops the work when all have given up, and starts it anew for the next", async ({ expect }) => {
    const fly = createSingleFlight<string>();
    const controllers = [new AbortController(), new AbortController()];
    let shared: AbortSignal | undefined;
    const never = (signal: AbortSignal): Promise<string> => {
      shared = signal;
      return new Promise(() => undefined);
    };
    const waiting = Promise.allSettled(controllers.map(({ signal }) => fly("a", never, signal)));
    for (const controller of controllers) controller.abort("enough");
    await waiting;
    expect(shared?.aborted).toBe(true);
    expect(shared?.reason).toBe("enough");
    expect(await fly("a", async () => "anew")).toBe("anew");
  });

  it("does not begin for who has given up already", async ({ expect }) => {
    const fly = createSingleFlight<string>();
    let runs = 0;
    const flying = fly("a", async () => String((runs += 1)), AbortSignal.abort("enough"));
    await expect(flying).rejects.toBe("enough");
    expect(runs).toBe(0);
  });
});
