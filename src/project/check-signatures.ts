import { LoaderError } from "../errors.ts";
import { type Lock, type LockedPackage, lookup } from "../lock/lock.ts";
import type { SolvedGraph, SolvedNode } from "../solve/solved-graph.ts";
import { verifySignature } from "../verify/signature.ts";

/**
 * Checks what authors signed (R106): each signature, and that a package is signed with the key that the lock has of it, whichever version
 * that is. The first key is believed. What the lock has to the letter is not asked again.
 * @param previous the lock that there was
 * @throws LoaderError ERR_SIGNING_KEY_CHANGED, ERR_SIGNATURE_INVALID; ERR_SIGNATURE_UNSUPPORTED where something is signed and this runtime
 * cannot check it
 */
export async function checkSignatures(nodes: SolvedGraph["nodes"], previous: Lock): Promise<void> {
  const pinned = pinnedKeys(previous);
  const unchecked: SolvedNode[] = [];
  for (const id of Object.keys(nodes)) {
    const node = nodes[id];
    // Nearly all that there is nobody has signed.
    if (node === undefined || (node.publicKey === undefined && pinned.size === 0)) continue;
    const before = lookup(previous.packages, id);
    const isLocked = before !== undefined && before.integrity === (node.integrity ?? "");
    assertPinned(node, pinned.get(node.name), isLocked);
    if (node.publicKey !== undefined && !(isLocked && before.publicKey === node.publicKey)) unchecked.push(node);
  }
  const checks = unchecked.map(({ name, version, integrity = "", signature = "", publicKey = "" }) =>
    verifySignature({ name, version, integrity }, { signature, publicKey }),
  );
  await Promise.all(checks);
}

/** Name → keys of its locked versions. */
function pinnedKeys({ packages }: Lock): Map<string, Set<string>> {
  const signed = Object.values(packages).filter(
    (locked): locked is LockedPackage & { publicKey: string } => locked.publicKey !== undefined,
  );
  const groups = Map.groupBy(signed, ({ name }) => name);
  return new Map([...groups].map(([name, locked]) => [name, new Set(locked.map(({ publicKey }) => publicKey))]));
}

function assertPinned(
  { name, version, publicKey }: SolvedNode,
  keys: Set<string> | undefined,
  isLocked: boolean,
): void {
  if (keys === undefined || (publicKey === undefined ? isLocked : keys.has(publicKey))) return;
  const what = publicKey === undefined ? "is not signed" : "is signed with another key";
  throw new LoaderError(
    "ERR_SIGNING_KEY_CHANGED",
    `"${name}@${version}" ${what}, and the lockfile has a key of its author's`,
    {
      package: `${name}@${version}`,
      expected: [...keys].join(" "),
      ...(publicKey !== undefined && { actual: publicKey }),
      hint: "ask its author; if the key is theirs, take the lines publicKey of the package out of the lockfile",
    },
  );
}
