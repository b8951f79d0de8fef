import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import { createFolderByteStore, createFolderRecordStore } from "../../src/platform/node/folder-store.ts";
import { fill, testByteStore } from "./byte-store.ts";
import { testRecordStore } from "./record-store.ts";

const root = await mkdtemp(join(tmpdir(), "raya-folder-"));
let folders = 0;

afterAll(() => rm(root, { recursive: true }));

const newFolder = (): string => join(root, `store ${folders++}`);

testByteStore("folder", async () => createFolderByteStore(newFolder()), { exclusive: true });

testRecordStore("folder", async () => createFolderRecordStore(newFolder()));

describe("folder", () => {
  it("R26: leaves nothing in its folder of downloads, whether a write succeeds or is interrupted", async ({
    expect,
  }) => {
    const folder = newFolder();
    const store = createFolderByteStore(folder);
    await store.put("key", fill(10, 1));
    await store.put("key", fill(10, 2));
    function* interrupted(): Generator<[string, Uint8Array<ArrayBuffer>]> {
      yield ["first", fill(10, 1)];
      throw new Error("the source broke off");
    }
    await expect(store.putMany(interrupted())).rejects.toThrow("the source broke off");
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
    expect(await readdir(join(folder, "objects"))).toEqual(["key"]);
  });

  it("R1 R110: keeps what it has when it is opened again, by another process too", async ({ expect }) => {
    const folder = newFolder();
    await createFolderByteStore(folder).put("key", fill(10, 1));
    expect(await createFolderByteStore(folder).get("key")).toEqual(fill(10, 1));
  });

  it("says that a folder cannot be used", async ({ expect }) => {
    const folder = newFolder();
    await writeFile(folder, "a file");
    const code = "ERR_STORE_UNAVAILABLE";
    await expect(createFolderByteStore(folder).put("key", fill(1, 1))).rejects.toMatchObject({ code });
    await expect(createFolderByteStore(folder).get("key")).rejects.toMatchObject({ code });
  });

  it("P89: throws a record away that is no JSON, when records are listed", async ({ expect }) => {
    const folder = newFolder();
    const store = createFolderRecordStore(folder);
    const record = { digest: "0".repeat(64), size: 1, time: 2 };
    await store.write("good", record);
    await store.write("bad", record);
    const names = await readdir(join(folder, "records"));
    for (const name of names) await writeFile(join(folder, "records", name), "{");
    await store.write("good", record);
    expect(await store.list?.()).toEqual([{ key: "good", ...record }]);
    expect(await store.read("bad")).toBeUndefined();
  });
});
