import { readFile, writeFile } from "node:fs/promises";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { createRecording } from "../fixtures/registry-server/recording.ts";

/** A package version, and what it is compiled to. */
export interface Pinned {
  /** `name@version`. */
  readonly id: string;
  /** Of its archive, SRI. */
  readonly integrity: string;
  /** Of its `.rbin`, by the compiler of `expected.json`. */
  readonly digest?: string;
}

/** What `expected.json` holds. */
export interface Expected {
  readonly compiler: string;
  readonly packages: readonly Pinned[];
}

const file = new URL("expected.json", import.meta.url);
const recording = createRecording(npmRegistry());

export async function readExpected(): Promise<Expected> {
  return JSON.parse(await readFile(file, "utf8")) as Expected;
}

export async function writeExpected(expected: Expected): Promise<void> {
  await writeFile(file, `${JSON.stringify(expected, null, 2)}\n`);
}

/** The packages of a file like the open list of the oracles. */
export async function readList(path: string): Promise<readonly Pinned[]> {
  const { packages } = JSON.parse(await readFile(path, "utf8")) as { packages: Pinned[] };
  return packages.map(({ id, integrity }) => ({ id, integrity }));
}

/** Its archive, from the registry, or from the disk if that was asked before. */
export async function fetchArchive({ id }: Pinned): Promise<Uint8Array<ArrayBuffer>> {
  const at = id.lastIndexOf("@");
  const name = id.slice(0, at);
  const { body, status } = await recording(
    `${name}/-/${name.slice(name.lastIndexOf("/") + 1)}-${id.slice(at + 1)}.tgz`,
  );
  if (status !== 200) throw new Error(`no archive of ${id}: ${status}`);
  return new Uint8Array(body);
}
