import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { join } from "node:path";
import { listen } from "../../scripts/listen.ts";
import { createCertificate } from "../bench/workspace/create-certificate.ts";
import { type Client, clientNamed, type Place } from "./clients.ts";

/** A module of npm's own. */
const NPMS_TUF = "@sigstore/tuf";

type Json = string | number | boolean | { readonly [key: string]: Json } | readonly Json[];

/**
 * What npm asks for the keys of registries before it asks the registry itself (TUF 1.0), on 127.0.0.1: a repository whose root it has
 * been given, and which has no keys.
 */
export interface TufRepository {
  /** npm, sent here for that. */
  readonly npm: Client;
  /** Gives that place's npm the root, as if it had been here before. */
  introduceTo(place: Place): void;
  close(): void;
}

export async function startTufRepository(): Promise<TufRepository> {
  const known = clientNamed("npm");
  const require = createRequire(known.command()[1] ?? "");
  const { DEFAULT_MIRROR_URL: address } = require(NPMS_TUF) as { DEFAULT_MIRROR_URL: string };
  const { host, hostname } = new URL(address);
  const files = createMetadata();
  const certificate = await createCertificate(hostname);
  const server = createSecureServer(certificate, ({ url = "/" }, response) => {
    const file = files.get(url.slice(1));
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  const port = await listen(server);
  // Whatever is asked for through it is asked here.
  const proxy = createServer().on("connect", (_request, client) => {
    const own = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n");
      client.pipe(own).pipe(client);
    });
    for (const socket of [own, client]) socket.on("error", () => void (own.destroy(), client.destroy()));
  });
  const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
  const trusted = (place: Place): string => join(place.home, "certificate.pem");
  const env = (place: Place): Record<string, string> => ({
    ...known.env(place),
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    NODE_EXTRA_CA_CERTS: trusted(place),
  });
  return {
    npm: { ...known, env },
    introduceTo(place) {
      const folder = join(place.home, "npm/_tuf", encodeURIComponent(host));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "root.json"), files.get("root.json") ?? "");
      writeFileSync(trusted(place), certificate.cert);
    },
    close() {
      proxy.close();
      server.close();
    },
  };
}

/** The four files of a repository without targets, signed with one key. */
function createMetadata(): Map<string, string> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("hex");
  const key = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  const keyid = createHash("sha256").update(canonical(key)).digest("hex");
  const role = { keyids: [keyid], threshold: 1 };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  const contents: Readonly<Record<string, { readonly [key: string]: Json }>> = {
    root: { consistent_snapshot: false, keys: { [keyid]: key }, roles },
    timestamp: { meta: { "snapshot.json": { version: 1 } } },
    snapshot: { meta: { "targets.json": { version: 1 } } },
    targets: { targets: {} },
  };
  const expires = new Date(Date.now() + 24 * 60 * 60_000).toISOString().replace(/\.\d+/, "");
  return new Map(
    Object.entries(contents).map(([type, content]) => {
      const signed = { _type: type, spec_version: "1.0.31", version: 1, expires, ...content };
      const sig = sign(null, Buffer.from(canonical(signed)), privateKey).toString("hex");
      return [`${type}.json`, JSON.stringify({ signed, signatures: [{ keyid, sig }] })];
    }),
  );
}

/** What is signed: keys in order, no blanks. No text here has anything to escape. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}
