import { type ErrorDetails, isLoaderError, LoaderError } from "../../errors.ts";
import { matchingPrefix, PLUG_IN_PRIORITY, type Resolver, type ResolverPorts } from "./resolver.ts";

/** The resolvers of a loader, for one load: each is asked about a specifier once. */
export class PlugIns {
  readonly #resolvers: readonly Resolver[];
  readonly #ports: ResolverPorts;
  readonly #answers = new Map<Resolver, Map<string, Promise<string | undefined>>>();

  constructor(resolvers: readonly Resolver[], ports: ResolverPorts) {
    this.#resolvers = resolvers;
    this.#ports = ports;
  }

  /** All, in the order in which they are asked about a specifier. */
  inOrder(specifier: string): readonly Resolver[] {
    const length = (resolver: Resolver): number => matchingPrefix(resolver, specifier)?.length ?? 0;
    return this.#resolvers.toSorted((a, b) => priorityOf(b) - priorityOf(a) || length(b) - length(a));
  }

  /**
   * What a resolver makes of a specifier.
   * @throws LoaderError what it throws; ERR_RESOLVER_FAILED where that is no error of the loader's
   */
  ask(resolver: Resolver, specifier: string, details: ErrorDetails): Promise<string | undefined> {
    let answers = this.#answers.get(resolver);
    if (answers === undefined) this.#answers.set(resolver, (answers = new Map()));
    const known = answers.get(specifier) ?? this.#resolve(resolver, specifier);
    answers.set(specifier, known);
    return known.catch((error: unknown) => {
      // It may have an answer the next time.
      answers.delete(specifier);
      throw named(error, resolver, specifier, details);
    });
  }

  async #resolve(resolver: Resolver, specifier: string): Promise<string | undefined> {
    return resolver.resolve(specifier, this.#ports);
  }
}

export function priorityOf({ priority = PLUG_IN_PRIORITY }: Pick<Resolver, "priority">): number {
  return priority;
}

/** The error with who asked for what. */
function named(error: unknown, { name }: Resolver, specifier: string, details: ErrorDetails): LoaderError {
  const known = { ...details, resolver: name };
  if (isLoaderError(error)) return new LoaderError(error.code, error.message, { ...known, ...error.details }, error);
  const reason = error instanceof Error ? error.message : String(error);
  return new LoaderError(
    "ERR_RESOLVER_FAILED",
    `The resolver "${name}" failed at "${specifier}": ${reason}`,
    known,
    error,
  );
}
