import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { browserRules, type EntryRules } from "../../../src/resolve/entry-rules.ts";
import {
  type PackageTarget,
  type PackageView,
  resolveBrowserBare,
  resolvePackageEntry,
  resolvePackageFile,
} from "../../../src/resolve/package-entry.ts";
import { resolveExports, resolveImports } from "../../../src/resolve/package-exports.ts";
import enhancedText from "../../vectors/enhanced-resolve.jsonl?raw";
import { readJsonl } from "../../vectors/read-jsonl.ts";
import resolveText from "../../vectors/resolve-exports.jsonl?raw";

/** A target, or the code of the error. */
function answer(resolve: () => string): string {
  try {
    return resolve();
  } catch (error) {
    if (isLoaderError(error)) return error.code;
    throw error;
  }
}

function resolveField(kind: "exports" | "imports", field: unknown, specifier: string, conditions: readonly string[]) {
  const context = { package: "p@1.0.0", conditions: new Set(conditions), mapsFolders: true, details: {} };
  return answer(() => {
    if (kind === "exports") return resolveExports(field, specifier, context);
    const target = resolveImports(field, specifier, context);
    return "path" in target ? target.path : target.specifier;
  });
}

/** The file that a target names: bundlers keep it as text, to Node it is a URL. */
function asFile(target: string): string {
  if (!target.startsWith("./") || /\/\.\.?\//.test(target)) return target;
  return `.${decodeURIComponent(new URL(target.slice(1), "https://p").pathname)}`;
}

describe("exports and imports, as webpack's enhanced-resolve tests them", () => {
  interface Vector {
    readonly name: string;
    readonly kind: "exports" | "imports";
    readonly field: unknown;
    readonly specifier: string;
    readonly conditions: readonly string[];
    /** Targets in the order they are tried; none where nothing is meant. */
    readonly expected?: readonly string[];
    readonly error?: true;
  }

  /** What webpack follows and Node refuses (docs/entry-points.md): paths that climb, node_modules, absolute ones. */
  const REFUSED =
    /^exports (?:backtracking package base #[346]|backtracking target folder #[123]|nested node_modules path #[12])|^imports (?:backtracking package base #[234]|nested node_modules path #2|sample #22)/;
  /** resolve.exports gives the folder, webpack nothing. */
  const FOLDER_ITSELF = "imports incorrect request #5";

  const vectors = readJsonl<Vector>(enhancedText);
  const resolve = ({ kind, field, specifier, conditions }: Vector): string =>
    resolveField(kind, field, specifier, conditions);

  const isRight = (vector: Vector): boolean => {
    const { kind, name, expected = [] } = vector;
    const got = resolve(vector);
    if (REFUSED.test(`${kind} ${name}`)) return /^ERR_INVALID_(?:PACKAGE_TARGET|MODULE_SPECIFIER)$/.test(got);
    if (`${kind} ${name}` === FOLDER_ITSELF) return got === "./a/";
    // The first that is allowed: whether the file is there is not asked, and exports do not lead out of the package.
    const [first] = expected.filter((target) => kind === "imports" || target.startsWith("./"));
    return first === undefined ? got.startsWith("ERR_") : got === asFile(first);
  };

  it("L27: 238 answers, 21 of them where Node refuses what webpack follows", ({ expect }) => {
    expect(vectors.filter((vector) => !isRight(vector)).map((vector) => [vector, resolve(vector)])).toEqual([]);
    const settled = vectors.filter(({ kind, name }) => {
      const title = `${kind} ${name}`;
      return REFUSED.test(title) || title === FOLDER_ITSELF;
    });
    expect([vectors.length, settled.length]).toEqual([238, 21]);
  });
});

describe("exports, imports and the fields before them, as resolve.exports tests them", () => {
  interface Manifest {
    readonly name?: string;
    readonly exports?: unknown;
    readonly imports?: unknown;
  }
  interface Vector {
    readonly test: string;
    readonly fn: "resolve" | "exports" | "imports" | "legacy";
    readonly package: Manifest;
    readonly specifier: string;
    readonly options: {
      readonly require?: boolean;
      readonly unsafe?: boolean;
      readonly browser?: boolean | string;
      readonly conditions?: readonly string[];
      readonly fields?: readonly string[];
    };
    readonly expected?: readonly string[] | string | boolean | null | Readonly<Record<string, unknown>>;
    readonly error?: string;
  }

  const NONE = "ERR_NO_FIELD";
  /** It gives the whole `browser` map when asked for the entry; here the entry is a file, and that package has none. */
  const MAP_ITSELF = 'options.browser / should return the full "browser" object :: true';

  const vectors = readJsonl<Vector>(resolveText);

  function resolve({ package: manifest, specifier, options, fn }: Vector): string {
    const { require, unsafe, browser, conditions = [] } = options;
    const inForce = unsafe === true ? [] : [require === true ? "require" : "import", browser ? "browser" : "node"];
    const inside = specifier.startsWith(manifest.name ?? ".")
      ? specifier.slice(manifest.name?.length).replace(/^\//, "")
      : specifier;
    const kind = fn === "imports" || inside.startsWith("#") ? "imports" : "exports";
    const asked =
      kind === "imports" ? inside : inside === "" || inside === "." ? "." : `./${inside.replace(/^\.\//, "")}`;
    if (manifest[kind] === undefined) return NONE;
    return resolveField(kind, manifest[kind], asked, [...inForce, ...conditions]);
  }

  function resolveLegacy({ package: manifest, options }: Vector): string {
    const { browser, fields = ["module", "main"] } = options;
    const first = browser !== undefined && !fields.includes("browser") ? ["browser"] : [];
    const rules: EntryRules = { ...browserRules("import", "production"), fields: [...first, ...fields] };
    const view: PackageView = {
      key: "foobar@1.0.0",
      name: "foobar",
      manifests: { "": { ...manifest } },
      hasFile: (path) => !path.startsWith("index"),
      hasFolder: () => false,
    };
    const show = (target: PackageTarget | undefined): string =>
      target?.kind === "file" ? `./${target.path}` : String(target?.kind);
    return answer(() => {
      if (typeof browser !== "string") return show(resolvePackageEntry(view, ".", rules, {}));
      if (browser.startsWith("./")) return show(resolvePackageFile(view, browser.slice(2), rules));
      if (browser.startsWith("foobar/"))
        return show(resolvePackageEntry(view, browser.replace("foobar", "."), rules, {}));
      return show(resolveBrowserBare(view, "from.js", browser, rules));
    });
  }

  const isRight = (vector: Vector): boolean => {
    const { expected, error, fn, test } = vector;
    const got = fn === "legacy" ? resolveLegacy(vector) : resolve(vector);
    if (test === MAP_ITSELF) return got === "ERR_NO_BROWSER_ENTRY";
    if (error !== undefined) return got === "ERR_PACKAGE_PATH_NOT_EXPORTED" || got === "ERR_PACKAGE_IMPORT_NOT_DEFINED";
    if (expected === null) return got === NONE || got === "ERR_MODULE_NOT_FOUND";
    if (expected === false) return got === "empty";
    return got === (Array.isArray(expected) ? asFile(String(expected[0])) : expected);
  };

  it("L27: 412 answers, one of which is no file", ({ expect }) => {
    const wrong = vectors.filter((vector) => !isRight(vector));
    expect(wrong.map((vector) => [vector, vector.fn === "legacy" ? resolveLegacy(vector) : resolve(vector)])).toEqual(
      [],
    );
    expect([vectors.length, vectors.filter(({ test }) => test === MAP_ITSELF).length]).toEqual([412, 1]);
  });
});
