import { gzipSync } from "fflate";
import { packTar } from "modern-tar";
import { compileArchiveToChunks } from "../../../src/artifact/compile-archive.ts";
import { COMPILER_ID } from "../../../src/compile/compile-objects.ts";
import { digestBytes } from "../../../src/verify/digest.ts";
import { formatIntegrity } from "../../../src/verify/integrity.ts";
import { mountRegistry } from "../../../worker/mount-registry.ts";
import type { EdgePorts } from "../../../worker/app.ts";
import { ENCODERS } from "../../../worker/encoders.ts";
import { createFakeEdge, type FakeEdge, textBytes, type Upstream } from "../fake-upstream.ts";
import { createMemoryObjects, type MemoryObjects } from "./memory-objects.ts";

export const ADMIN_SECRET = "the-operators-own-secret";
export const ADMIN = { authorization: `Bearer ${ADMIN_SECRET}` };

/** An edge that is a registry for `@acme` and `@other`. */
export interface FakeRegistry extends FakeEdge {
  readonly objects: MemoryObjects;
  /** A new token's headers. */
  login(user: string, scopes: readonly string[], days?: number): Promise<{ authorization: string }>;
  send(method: string, path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

export function createFakeRegistry(
  upstream: Upstream = () => undefined,
  changes: Partial<EdgePorts> = {},
  objects = createMemoryObjects(),
): FakeRegistry {
  const compiler = { id: COMPILER_ID, compile: compileArchiveToChunks };
  const ports = { privateScopes: ["@acme", "@other"], compiler, encoders: ENCODERS, ...changes };
  const edge = createFakeEdge(upstream, ports, (app, own, packages) => {
    mountRegistry(app, own, packages, { objects, adminSecret: ADMIN_SECRET });
  });
  const send: FakeRegistry["send"] = (method, path, body, headers = {}) =>
    edge.get(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json", ...headers } });
  return {
    ...edge,
    objects,
    send,
    async login(user, scopes, days = 1) {
      const response = await send("POST", "/npm/-/npm/v1/tokens", { user, scopes, days }, ADMIN);
      const { token }: { token: string } = await response.json();
      return { authorization: `Bearer ${token}` };
    },
  };
}

/** What `npm publish` sends. */
export interface PublishDocument {
  name: string;
  "dist-tags": Record<string, string>;
  versions: Record<string, Record<string, unknown>>;
  _attachments: Record<string, { data: string }>;
  [field: string]: unknown;
}

/** Packs an archive with these files; the same files, the same bytes. */
export async function pack(files: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name: `package/${name}`, size: textBytes(body).length, mtime: new Date(0) },
    body,
  }));
  return new Uint8Array(gzipSync(await packTar(entries), { mtime: 0 }));
}

interface PublicationChanges {
  readonly tag?: string;
  readonly text?: string;
  readonly files?: Uint8Array<ArrayBuffer>;
  readonly manifest?: object;
}

/** @param text of the package's one file, for archives that differ; or else all `files`, packed, with their `manifest` */
export async function createPublication(
  name: string,
  version: string,
  { tag = "latest", text = "module.exports = 1", ...changes }: PublicationChanges = {},
): Promise<{ document: PublishDocument; archive: Uint8Array<ArrayBuffer> }> {
  const files = { "package.json": JSON.stringify({ name, version }), "index.js": text };
  const archive = changes.files ?? (await pack(files));
  const integrity = formatIntegrity("sha512", await digestBytes("sha512", archive));
  const manifest = { name, version, description: `The ${name}`, keywords: ["test"], ...changes.manifest };
  const dist = { integrity, tarball: `http://elsewhere.test/${name}/-/x.tgz` };
  const data = btoa(String.fromCharCode(...archive));
  const document = {
    _id: name,
    name,
    "dist-tags": { [tag]: version },
    versions: { [version]: { ...manifest, dist } },
    readme: "# Read me",
    access: null,
    _attachments: {
      [`${name}-${version}.tgz`]: { content_type: "application/octet-stream", data, length: archive.length },
    },
  };
  return { document, archive };
}
