import { type Lockfile, packageKey } from "./lockfile.ts";

/** The lockfile with stand-ins for the modules of Node in `used` only, and without packages that nothing needs then. */
export function keepBuiltins(lockfile: Lockfile, used: ReadonlySet<string>): Lockfile {
  const builtins = Object.fromEntries(Object.entries(lockfile.builtins).filter(([name]) => used.has(name)));
  if (Object.keys(builtins).length === Object.keys(lockfile.builtins).length) return lockfile;
  const imported = Object.entries(lockfile.imports).map(([request, version]) =>
    packageKey(request.slice(0, request.lastIndexOf("@")), version),
  );
  const needed = new Set([...imported, ...Object.values(builtins).map((locked) => locked.package)]);
  for (const key of needed) {
    const dependencies = lockfile.packages[key]?.dependencies ?? {};
    for (const target of Object.values(dependencies)) needed.add(target);
  }
  const packages = Object.fromEntries(Object.entries(lockfile.packages).filter(([key]) => needed.has(key)));
  return { ...lockfile, builtins, packages };
}
