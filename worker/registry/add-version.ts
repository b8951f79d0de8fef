import { LoaderError } from "../../src/errors.ts";
import type { Grant } from "../access/access.ts";
import type { OwnPackage } from "./own-packages.ts";
import type { Publication } from "./publish-document.ts";

/** Who publishes. */
export interface Publisher {
  readonly user: string;
  /** Whether they may sign with another key than before, as the operator may. */
  readonly changesKeys: boolean;
}

export function publisherOf({ user, scopes }: Grant): Publisher {
  return { user, changesKeys: scopes.includes("admin") };
}

/**
 * A package's document with a version more; the document itself where it has the very same version already, of the same user.
 * @param current undefined for the package's first version
 * @throws LoaderError ERR_VERSION_EXISTS, ERR_SIGNING_KEY_CHANGED
 */
export function addVersion(
  current: OwnPackage | undefined,
  publication: Publication,
  publisher: Publisher & { readonly date: string },
): OwnPackage {
  const { name, version, tags, readme } = publication;
  const { versions = {}, time = { created: publisher.date } } = current ?? {};
  if (current !== undefined && Object.hasOwn(versions, version)) {
    if (isRepeated(current, publication, publisher)) return current;
    const message = `"${name}@${version}" has been published before`;
    const hint = "publish it under a new version";
    throw new LoaderError("ERR_VERSION_EXISTS", message, { package: `${name}@${version}`, hint });
  }
  if (current !== undefined && !publisher.changesKeys) assertSameKey(current, publication);
  const tagged = Object.fromEntries((current === undefined ? ["latest", ...tags] : tags).map((tag) => [tag, version]));
  return {
    ...(readme === undefined ? current : { ...current, readme }),
    name,
    "dist-tags": { ...current?.["dist-tags"], ...tagged },
    versions: { ...versions, [version]: manifestOf(publication, publisher.user) },
    time: { ...time, [version]: publisher.date },
  };
}

/** What is recorded of a version. */
function manifestOf({ manifest, integrity, artifact, signature: signed }: Publication, user: string) {
  // Where its archive is depends on who asks; what is signed, by whom and what it was compiled to is not the client's to say.
  const { tarball: _, signature: __, public_key: ___, ...claimed } = { ...(manifest["dist"] as Claims | undefined) };
  const dist = {
    ...claimed,
    integrity,
    ...(signed === undefined ? {} : { signature: signed.signature, public_key: signed.publicKey }),
  };
  const { readme: _readme, yanked: _yanked, _raya, ...published } = manifest;
  const { compiler, checksum, index, size } = artifact ?? {};
  return {
    ...published,
    dist,
    ...(artifact === undefined ? {} : { _raya: { compiler, checksum, index, size } }),
    _npmUser: { name: user },
  };
}

interface Claims {
  readonly [claim: string]: unknown;
}

function isRepeated(current: OwnPackage, publication: Publication, { user }: Publisher): boolean {
  if (publication.isRepeatable !== true) return false;
  const { dist, _npmUser: publisher } = current.versions[publication.version] ?? {};
  const [{ integrity }, { name }] = [{ ...(dist as Claims) }, { ...(publisher as Claims) }];
  return integrity === publication.integrity && name === user;
}

/** A stolen token publishes, but does not sign. */
function assertSameKey(current: OwnPackage, { name, version, signature }: Publication): void {
  const expected = keyOf(current);
  const actual = signature?.publicKey;
  if (expected === undefined || actual === expected) return;
  const message = `"${name}" is signed with a key; "${version}" is ${actual === undefined ? "not signed" : "signed with another"}`;
  throw new LoaderError("ERR_SIGNING_KEY_CHANGED", message, {
    package: `${name}@${version}`,
    expected,
    ...(actual === undefined ? {} : { actual }),
    hint: "the operator of this registry can publish under a new key",
  });
}

/** The key that the version was signed with that was published last, of those that are signed. */
function keyOf({ versions, time }: OwnPackage): string | undefined {
  const signed = Object.entries(versions).flatMap(([version, { dist }]) => {
    const { public_key: key } = { ...(dist as Claims) };
    return typeof key === "string" ? [{ key, at: time[version] ?? "" }] : [];
  });
  return signed.toSorted((a, b) => Number(a.at > b.at) - Number(a.at < b.at)).at(-1)?.key;
}
