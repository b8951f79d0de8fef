import type { Context } from "hono";
import { LoaderError } from "../../../src/errors.ts";
import { assertAllowed } from "../../access/access.ts";
import type { Edge } from "../../edge.ts";
import { readBytes } from "../../read-request.ts";
import { publisherOf } from "../../registry/add-version.ts";
import { nameUpload, readUpload, type Upload } from "../../registry/read-upload.ts";
import { assertOwn } from "../own-packages.ts";
import type { RayaPorts } from "./mount-raya.ts";
import { readVersion } from "./raya-read.ts";

/** Most bytes of an archive: an isolate has 128 MB for it, its files and what is made of them. */
const ARCHIVE_LIMIT = 24 * 1024 * 1024;

const NO_STORE = { "cache-control": "no-store" };

/**
 * `POST /publish?tag=`: the body is the `.tgz`. Compiled and checked before anything is stored, and registered by one conditional write:
 * of several publishers of one version exactly one wins. The same archive by the same user once more is answered as the first time.
 */
export async function publishPackage(c: Context, edge: Edge, ports: RayaPorts): Promise<Response> {
  const { access, own, ownServed } = ports;
  // Before the body is read: nobody may send 24 MB for nothing.
  const grant = await access.authenticate(c.req.raw);
  const upload = await nameUpload(edge, await readRequest(c));
  const { name, version } = upload;
  assertOwn(edge, name);
  assertAllowed(grant, "publish", name);
  await own.publish(await readUpload(edge, upload), publisherOf(grant));
  const published = await readVersion({ c, edge, served: ownServed }, { name, version });
  return new Response(published.body, { status: 201, headers: { "content-type": "application/json", ...NO_STORE } });
}

async function readRequest(c: Context): Promise<Upload> {
  const header = (name: string): string | undefined => c.req.header(name);
  const [signature, publicKey] = [header("raya-signature"), header("raya-public-key")];
  if ((signature === undefined) !== (publicKey === undefined))
    throw new LoaderError("ERR_REQUEST_INVALID", "A signature comes with the key that it is checked with");
  const archive = await readBytes(c.req.raw, ARCHIVE_LIMIT);
  return {
    archive,
    integrity: header("raya-integrity"),
    tag: c.req.query("tag"),
    signature: signature === undefined || publicKey === undefined ? undefined : { signature, publicKey },
  };
}
