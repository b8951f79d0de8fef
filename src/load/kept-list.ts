import { isLoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { LoadContext } from "./load-context.ts";

/** Objects of one kind of which the newest are kept: what a person is working at makes one after the other. */
export interface KeptList {
  /** Where the object that was made of `inputs` is stored. */
  key(inputs: string): string;
  /** Keeps one, and drops the one that was kept first where there are too many. */
  keep(
    inputs: string,
    bytes: Uint8Array<ArrayBuffer>,
    context: Pick<LoadContext, "store" | "host" | "emit">,
  ): Promise<void>;
}

/** @param most how many are kept */
export function createKeptList(kind: string, most: number): KeptList {
  const key = (inputs: string): string => `${kind}:${inputs}`;
  const listKey = `${kind}s`;
  return {
    key,
    async keep(inputs, bytes, { store, host, emit }) {
      await store.keep(key(inputs), {}, { bytes });
      const before = await orHeal(store.read(listKey, {}), emit);
      const listed = before === undefined ? [] : new TextDecoder().decode(before.bytes).split("\n");
      if (listed[0] === inputs) return;
      const all = [inputs, ...listed.filter((other) => other !== inputs)];
      for (const dropped of all.splice(most)) {
        const old = await host.records.read(key(dropped));
        await host.records.remove(key(dropped));
        if (old !== undefined) await host.bytes.delete(old.digest);
      }
      await store.keep(listKey, {}, { bytes: new TextEncoder().encode(all.join("\n")) });
      if (before !== undefined) await host.bytes.delete(before.record.digest);
    },
  };
}

/** What is stored and damaged, or not what its key says, has been thrown away; it is made again. */
export async function orHeal<Found>(reading: Promise<Found>, emit: Emit): Promise<Found | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_STORE_CORRUPT") throw error;
    emit({ stage: "store", kind: "heal", subject: "program" });
    return undefined;
  }
}
