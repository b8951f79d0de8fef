import type { ImportMap } from "../resolve/import-map.ts";
import type { PackageRequest } from "../resolve/package-request.ts";
import { parsePackageSpecifier } from "../specifier/package-specifier.ts";

/**
 * The packages that an import map leads to: what it holds for may be any module of the program.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME, ERR_INVALID_RANGE
 */
export function mappedPackages(map: ImportMap | undefined): PackageRequest[] {
  if (map === undefined) return [];
  const addresses = [map.imports, ...map.scopes.values()].flatMap((entries) => [...entries.values()]);
  return addresses.flatMap((address) => {
    if (address?.startsWith("npm:") !== true) return [];
    const referrer = "the import map";
    const { name, range } = parsePackageSpecifier(address, { specifier: address, referrer });
    return [{ name, range, referrer }];
  });
}
