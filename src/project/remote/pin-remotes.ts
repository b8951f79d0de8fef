import { type Lock, lookup, requestsOf } from "../../lock/lock.ts";
import type { SolveContext } from "../../solve/gather-metadata.ts";

/**
 * The same context, in which a branch or tag of a repository stays at the commit that a lock has for it (R71), also where
 * the forge has moved it since.
 */
export function pinRemotes(context: SolveContext, lock: Lock): SolveContext {
  const remote = context.remote?.bind(context);
  const prefetch = context.prefetch?.bind(context);
  const locked = context.locked?.bind(context);
  if (remote === undefined) return context;
  const pinned = pinnedSources(lock);
  return {
    packument: (name, referrer) => context.packument(name, referrer),
    ...(prefetch !== undefined && { prefetch }),
    ...(locked !== undefined && { locked }),
    async remote(source, referrer) {
      const pin = pinned.get(source);
      if (pin === undefined) return remote(source, referrer);
      const manifest = await remote(`${source.replace(/#.*$/, "")}#${pin.commit}`, referrer);
      const ref = pin.ref === undefined ? {} : { ref: pin.ref };
      return manifest.git === undefined ? manifest : { ...manifest, git: { ...manifest.git, ...ref } };
    },
  };
}

interface Pin {
  readonly commit: string;
  readonly ref: string | undefined;
}

/** What importers ask for → the commit that they got. */
function pinnedSources(lock: Lock): Map<string, Pin> {
  return new Map(
    requestsOf(lock).flatMap(({ range, id }) => {
      const source = id === undefined ? undefined : lookup(lock.packages, id)?.source;
      return source?.kind === "git" ? [[range, { commit: source.commit, ref: source.ref }] as const] : [];
    }),
  );
}
