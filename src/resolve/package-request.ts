/** One package that a source text asks for. */
export interface PackageRequest {
  readonly name: string;
  readonly range: string;
  /** The import that asks for it, `/main.ts:1:20`. */
  readonly referrer: string;
}

/** An optional peer that a package imports for certain. */
export interface PeerRequest extends PackageRequest {
  /** Id of the package, which is locked. */
  readonly owner: string;
}

/** A package that is to stand in for a module of Node. */
export interface PolyfillRequest extends PackageRequest {
  /** The module, without `node:`. */
  readonly builtin: string;
  /** What of the package, `.` or `./path`. */
  readonly subpath: string;
}

/** The key of a request in `imports` of the lockfile. */
export function requestKey({ name, range }: Pick<PackageRequest, "name" | "range">): string {
  return `${name}@${range}`;
}

/** The name that a request's key, or the id of a package, begins with. */
export function packageNameOf(key: string): string {
  return key.slice(0, key.indexOf("@", 1));
}

/** What packages of a program want beside what the project asks for. */
export interface FurtherRequests {
  readonly peers?: readonly PeerRequest[];
  readonly polyfills?: readonly PolyfillRequest[];
}
