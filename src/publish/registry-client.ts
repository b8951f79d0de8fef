import type { FetchContext } from "../fetch/fetch-bytes.ts";
import { createCredentials } from "../fetch/registries/credentials.ts";
import { readRegistries, type RegistryTexts } from "../fetch/registries/read-registries.ts";
import { signPackage, type SigningKey } from "../verify/signature.ts";
import type { BuiltPackage } from "./build-package.ts";
import { logIn, type LogInOptions } from "./log-in.ts";
import { readFound, readPublished, type FoundPackages, type PublishedVersion } from "./registry-answers.ts";
import { sendRequest } from "./send-request.ts";

/** How a version is published. */
export interface UploadOptions {
  /** Default `latest`; of `1.0.0-beta.1` it is `beta`. */
  readonly tag?: string | undefined;
  /** Signs the version (R106). */
  readonly key?: SigningKey | undefined;
}

/** Which part of what was found. */
export interface SearchOptions {
  /** At most 250. Default: the registry's. */
  readonly size?: number;
  /** How many are passed over. Default 0. */
  readonly from?: number;
}

/**
 * A registry that speaks the Raya protocol (`docs/registry-protocol.md`). Every call may be repeated: what it changes it changes once.
 * All throw what the registry says, ERR_AUTH_REQUIRED and ERR_FORBIDDEN among it, and what `fetchBytes` throws.
 */
export interface RegistryClient {
  /**
   * Publishes a version. The same once more by the same user is no error.
   * @throws LoaderError ERR_VERSION_EXISTS, ERR_PUBLISH_INVALID, ERR_PUBLISH_CONFLICT, ERR_SIGNING_KEY_CHANGED, ERR_SIGNATURE_INVALID
   */
  publish(built: BuiltPackage, options?: UploadOptions): Promise<PublishedVersion>;
  /** One version. @throws LoaderError ERR_PACKAGE_NOT_FOUND, ERR_VERSION_NOT_FOUND */
  version(name: string, version: string): Promise<PublishedVersion>;
  search(words: string, options?: SearchOptions): Promise<FoundPackages>;
  /** Nobody chooses the version any more; who has locked it keeps it. */
  yank(name: string, version: string, reason?: string): Promise<void>;
  unyank(name: string, version: string): Promise<void>;
  /** @param message undefined takes it back */
  deprecate(name: string, version: string, message: string | undefined): Promise<void>;
  /** @param version undefined removes the tag */
  tag(name: string, tag: string, version: string | undefined): Promise<void>;
  /** Logs in with a browser: the token, which is kept nowhere. @throws LoaderError ERR_LOGIN_EXPIRED */
  login(options: LogInOptions): Promise<string>;
}

/**
 * @param registry base URL of the registry, not of its `/npm/`; ends with `/`
 * @param texts where tokens are, as for every other registry
 * @throws LoaderError ERR_REGISTRY_CONFIG_INVALID
 */
export function createRegistryClient(
  fetching: FetchContext,
  registry: string,
  texts: RegistryTexts = {},
): RegistryClient {
  const settings = readRegistries(registry, texts);
  const context = { fetching, base: registry, credentials: createCredentials(settings, registry) };
  const change = async (path: string, subject: string, method: "PUT" | "DELETE", body?: object): Promise<void> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_TYPE };
    await sendRequest(context, { path, subject, method, ...sent });
  };
  const versionPath = (name: string, version: string): string => `packages/${name}/${encodeURIComponent(version)}`;
  return {
    async publish(built, { tag, key } = {}) {
      const { name, version, integrity, archive } = built;
      const signed = key === undefined ? undefined : await signPackage({ name, version, integrity }, key);
      const signature = signed && { "raya-signature": signed.signature, "raya-public-key": signed.publicKey };
      const headers = { "content-type": "application/gzip", "raya-integrity": integrity, ...signature };
      const path = tag === undefined ? "publish" : `publish?tag=${encodeURIComponent(tag)}`;
      const subject = `${name}@${version}`;
      return readPublished(
        (await sendRequest(context, { path, method: "POST", body: archive, headers, subject })).json,
        subject,
      );
    },
    async version(name, version) {
      const subject = `${name}@${version}`;
      return readPublished((await sendRequest(context, { path: versionPath(name, version), subject })).json, subject);
    },
    async search(words, options = {}) {
      const query = new URLSearchParams({ q: words });
      for (const [field, value] of Object.entries(options)) query.set(field, String(value));
      return readFound((await sendRequest(context, { path: `search?${query.toString()}`, subject: "search" })).json);
    },
    yank: (name, version, reason) =>
      change(`${versionPath(name, version)}/yank`, `${name}@${version}`, "PUT", reason === undefined ? {} : { reason }),
    unyank: (name, version) => change(`${versionPath(name, version)}/yank`, `${name}@${version}`, "DELETE"),
    deprecate(name, version, message) {
      const path = `${versionPath(name, version)}/deprecation`;
      return change(
        path,
        `${name}@${version}`,
        message === undefined ? "DELETE" : "PUT",
        message === undefined ? undefined : { message },
      );
    },
    tag(name, tag, version) {
      const path = `packages/${name}/tags/${encodeURIComponent(tag)}`;
      return change(
        path,
        name,
        version === undefined ? "DELETE" : "PUT",
        version === undefined ? undefined : { version },
      );
    },
    login: (options) => logIn(context, options),
  };
}

const JSON_TYPE = { "content-type": "application/json" };
