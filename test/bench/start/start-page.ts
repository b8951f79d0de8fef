import { createStore, get, set } from "idb-keyval";
import { createBrowserHost } from "../../../src/platform/browser/host.ts";
import { createIndexedDbByteStore, createIndexedDbRecordStore } from "../../../src/platform/browser/indexeddb-store.ts";
import { runInFrame } from "../../../src/platform/browser/sandbox-frame.ts";
import type { StoreRecord } from "../../../src/store/byte-store.ts";
import { type LoadInput, loadStored } from "../link/load-stored.ts";
import { runBundle } from "./bundle-frame.ts";

/** What the page of the start section fetches of a program, beside objects and bundle. */
export interface StartPageProgram extends LoadInput {
  readonly records: readonly (readonly [string, StoreRecord])[];
  /** Digests. */
  readonly objects: readonly string[];
}

/** One start, milliseconds. */
export interface StartTimes {
  /** Without the time that the frame takes to open: from stored bytes to a program that has run. */
  readonly inFrame: number;
  /** With it, one after the other. */
  readonly total: number;
  /** Raya: until there is an image to start. */
  readonly load?: number;
}

/** What the page can do. */
export interface StartBench {
  /** Installs the page: it starts offline, as the programs do. */
  install(): Promise<void>;
  /** Puts everything of a program into IndexedDB. */
  store(name: string): Promise<void>;
  raya(name: string, from: "objects" | "image"): Promise<StartTimes>;
  bundle(name: string): Promise<StartTimes>;
}

declare global {
  interface Window {
    startBench: StartBench;
  }
}

const bundles = createStore("bench-bundles", "bundles");
const programs = createStore("bench-programs", "programs");
const host = createBrowserHost();

async function fetchBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`"${path}" was answered with ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

function container(): HTMLElement {
  return document.body.appendChild(document.createElement("div"));
}

window.startBench = {
  async install() {
    await navigator.serviceWorker.register("/service-worker.js");
    await navigator.serviceWorker.ready;
  },
  async store(name) {
    const path = encodeURIComponent(name);
    const program = (await (await fetch(`/programs/${path}`)).json()) as StartPageProgram;
    const entries = program.objects.map(async (digest) => [digest, await fetchBytes(`/objects/${digest}`)] as const);
    await createIndexedDbByteStore().putMany(await Promise.all(entries));
    const records = createIndexedDbRecordStore();
    for (const [key, record] of program.records) await records.write(key, record);
    await set(name, (await fetchBytes(`/bundles/${path}`)).buffer, bundles);
    await set(name, program, programs);
  },
  async raya(name, from) {
    const program = await get<StartPageProgram>(name, programs);
    if (program === undefined) throw new Error(`"${name}" has not been stored`);
    const started = performance.now();
    const loaded = await loadStored(host, program, from);
    const parent = container();
    const running = runInFrame({
      container: parent,
      image: loaded.program.image,
      services: loaded.program,
      onConsole: ({ level, values }) => console.log(level, values),
      onError: ({ message }) => console.error(message),
    });
    // Its own listener comes first: the image has just been posted.
    let opened = Number.NaN;
    parent.querySelector("iframe")?.addEventListener("load", () => (opened = performance.now()));
    const realm = await running;
    const ended = performance.now();
    realm.dispose();
    parent.remove();
    return { load: loaded.total, inFrame: loaded.total + ended - opened, total: ended - started };
  },
  async bundle(name) {
    const parent = container();
    const times = await runBundle(parent, async () => {
      const code = await get<ArrayBuffer>(name, bundles);
      if (code === undefined) throw new Error(`"${name}" has not been stored`);
      return code;
    });
    parent.remove();
    return times;
  },
};
