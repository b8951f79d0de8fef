import { createStore, promisifyRequest } from "idb-keyval";
import type { ProjectFile, ProjectFiles } from "../../project/project-files.ts";
import { transact } from "./indexeddb-store.ts";

/**
 * A project's files in IndexedDB. Tabs and workers of one origin may all write to it at once: a commit checks and writes in
 * one transaction, and the browser lets one of those run at a time.
 * @param project name; other names are other projects
 * @param name of the database; default `raya-projects`
 * @throws (its methods) LoaderError ERR_STORE_QUOTA, ERR_STORE_UNAVAILABLE
 */
export function createIndexedDbProjectFiles(project: string, name = "raya-projects"): ProjectFiles {
  const useStore = createStore(name, "files");
  const read = (store: IDBObjectStore, path: string): Promise<ProjectFile | undefined> =>
    promisifyRequest<ProjectFile | undefined>(store.get([project, path]));
  return {
    async list() {
      const all = IDBKeyRange.bound([project], [project, []]);
      const keys = await transact(useStore, "readonly", (store) => promisifyRequest(store.getAllKeys(all)));
      return keys.flatMap((key) => (Array.isArray(key) && typeof key[1] === "string" ? [key[1]] : []));
    },
    read: (path) => transact(useStore, "readonly", (store) => read(store, path)),
    commit: (expected, texts) =>
      transact(useStore, "readwrite", async (store) => {
        const paths = [...expected.keys()];
        const present = await Promise.all(paths.map((path) => read(store, path)));
        if (paths.some((path, index) => present[index]?.version !== expected.get(path))) return false;
        // A name that no other writer makes too, whatever it counts from.
        const version = crypto.randomUUID();
        for (const [path, text] of texts) store.put({ text, version } satisfies ProjectFile, [project, path]);
        await promisifyRequest(store.transaction);
        return true;
      }),
  };
}
