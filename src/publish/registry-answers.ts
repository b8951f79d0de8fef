import { LoaderError } from "../errors.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** A version as a registry tells it, in the protocol's own words. */
export interface PublishedVersion {
  readonly name: string;
  readonly version: string;
  /** `sha256:<hex>` of what is at `download_url`. */
  readonly checksum: string;
  readonly download_url: string;
  readonly dependencies: Readonly<Record<string, string>>;
  /** `compiler`, `integrity`, `published_by` and whatever else the registry says. */
  readonly [field: string]: unknown;
}

/** A package that was found. */
export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

export interface FoundPackages {
  readonly packages: readonly FoundPackage[];
  /** How many there are, found here or not. */
  readonly total: number;
}

/**
 * @param subject `name@version`, which the answer has to be about
 * @throws LoaderError ERR_UNEXPECTED_TYPE
 */
export function readPublished(json: JsonObject, subject: string): PublishedVersion {
  const { name, version, checksum, download_url, dependencies } = json;
  const isWhole = [checksum, download_url].every((field) => typeof field === "string") && isObject(dependencies);
  if (isWhole && `${String(name)}@${String(version)}` === subject) return json as PublishedVersion;
  throw new LoaderError("ERR_UNEXPECTED_TYPE", `The registry's answer is not about "${subject}"`, { package: subject });
}

/** @throws LoaderError ERR_UNEXPECTED_TYPE */
export function readFound({ packages, total }: JsonObject): FoundPackages {
  if (Array.isArray(packages) && packages.every(isFound) && typeof total === "number") return { packages, total };
  throw new LoaderError("ERR_UNEXPECTED_TYPE", "The registry's answer is no search result");
}

function isFound(value: unknown): value is FoundPackage {
  return isObject(value) && ["name", "version", "description"].every((field) => typeof value[field] === "string");
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
