import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import {
  type DependencySpec,
  parseDependencySpec,
  parsePackageArgument,
} from "../../../src/specifier/dependency-spec.ts";
import text from "../../vectors/npm-package-arg.jsonl?raw";
import { readJsonl } from "../../vectors/read-jsonl.ts";

/** What npm-package-arg says of an input. */
interface Answer {
  readonly input: string;
  readonly error?: string;
  readonly type?: string;
  readonly name?: string;
  readonly spec?: string;
  readonly alias?: { readonly name: string; readonly type: string; readonly spec: string };
  readonly forge?: string;
  readonly repository?: string;
  readonly ref?: string;
  readonly range?: string;
  readonly folder?: string;
}

const vectors = readJsonl<Answer>(text);

/** The same facts in npm-package-arg's words. */
function facts(spec: DependencySpec): Partial<Answer> {
  switch (spec.kind) {
    case "version":
      return { type: spec.kind, spec: spec.version };
    case "range":
      return { type: spec.kind, spec: spec.range };
    case "tag":
      return { type: spec.kind, spec: spec.tag };
    case "remote":
      return { type: spec.kind, spec: spec.url };
    case "alias": {
      const wanted = facts(spec.wanted);
      return { type: spec.kind, alias: { name: spec.name, type: wanted.type ?? "", spec: wanted.spec ?? "" } };
    }
    case "git": {
      const { kind, ...git } = spec;
      return { type: kind, ...git };
    }
    default:
      return { type: spec.kind };
  }
}

function parse(input: string): Answer {
  try {
    const { name, spec } = parsePackageArgument(input, {});
    return { input, ...facts(spec), ...(name !== undefined && { name }) };
  } catch (error) {
    if (isLoaderError(error)) return { input, error: error.code };
    throw error;
  }
}

/** Where npm-package-arg's answer is not given, and what is (docs/entry-points.md says why). */
const DISAGREEMENTS: Readonly<Record<string, Partial<Answer>>> = {
  "workspace:*": { type: "workspace" },
  "foo@workspace:*": { name: "foo", type: "workspace" },
  "catalog:": { type: "catalog" },
  "foo@catalog:": { name: "foo", type: "catalog" },
  "foo@link:../x": { name: "foo", type: "link" },
  "npm:b@1": { name: "b", type: "range", spec: "1" },
  "npm:@s/b": { name: "@s/b", type: "range", spec: "*" },
  ...Object.fromEntries(
    ["_private", "@/x", "@s/", "node_modules", "favicon.ico", "foo!bar", " foo", ""].map((input) => [
      input,
      { error: "ERR_INVALID_PACKAGE_NAME" },
    ]),
  ),
};

/** npm-package-arg's answer in the same words: codes are ours, versions as semver writes them. */
function expected(answer: Answer): Partial<Answer> {
  const { input, error, type, spec } = answer;
  const settled = DISAGREEMENTS[input];
  if (settled !== undefined) return { input, ...settled };
  if (error !== undefined) return { input, error: parse(input).error ?? error };
  return type === "version" ? { ...answer, spec: spec?.replaceAll(/^[v=]|\+.*$/g, "") ?? "" } : answer;
}

describe("P17 P33 to P41: packages as npm-package-arg reads them", () => {
  it("there are 175 inputs", ({ expect }) => {
    expect(vectors).toHaveLength(175);
    expect(vectors.filter(({ input }) => input in DISAGREEMENTS)).toHaveLength(15);
  });

  it.for(vectors)("$input", (answer, { expect }) => {
    expect(parse(answer.input)).toEqual(expected(answer));
  });
});

describe("what dependencies ask for, beyond npm's", () => {
  it.for([
    ["P62", "workspace:*", { kind: "workspace", range: "*" }],
    ["P62", "workspace:^", { kind: "workspace", range: "^" }],
    ["P62", "workspace:~1.2", { kind: "workspace", range: "~1.2" }],
    ["P62", "workspace:../ui", { kind: "workspace", path: "../ui" }],
    ["P62", "workspace:packages/ui", { kind: "workspace", path: "packages/ui" }],
    ["P62", "workspace:@acme/ui@^1", { kind: "workspace", name: "@acme/ui", range: "^1" }],
    ["P27", "catalog:", { kind: "catalog", catalog: "default" }],
    ["P27", "catalog:react18", { kind: "catalog", catalog: "react18" }],
    ["P40", "link:../ui", { kind: "link", path: "../ui" }],
    ["P40", "portal:../ui", { kind: "link", path: "../ui" }],
    ["P65", "file:./lib/a.tgz", { kind: "file", path: "./lib/a.tgz" }],
    ["P65", "../ui", { kind: "directory", path: "../ui" }],
    ["R10", "", { kind: "range", range: "*" }],
    [
      "R14",
      "https://github.com/user/repo/tree/v1.0.0",
      { kind: "git", forge: "github", repository: "user/repo", ref: "v1.0.0" },
    ],
  ] as const)("%s: %s", ([, spec, result], { expect }) => {
    expect(parseDependencySpec(spec, {})).toEqual(result);
  });

  it.for([
    ["not a tag!", "ERR_INVALID_RANGE", 0, 10],
    ["npm:b@in%valid", "ERR_INVALID_RANGE", 6, 14],
    ["npm:.b@1", "ERR_INVALID_PACKAGE_NAME", 4, 6],
    ["jsr:@a/b", "ERR_UNSUPPORTED_ESM_URL_SCHEME", 0, 4],
    ["github:user/repo#v1::v2", "ERR_INVALID_MODULE_SPECIFIER", 21, 23],
    ["github:user/repo#v1::dir:a", "ERR_INVALID_MODULE_SPECIFIER", 21, 26],
    ["github:user/repo#constructor:a", "ERR_INVALID_MODULE_SPECIFIER", 17, 30],
  ] as const)(
    "%s is refused with %s, and the error says which part is wrong",
    ([spec, code, start, end], { expect }) => {
      const details = { specifier: spec, referrer: "package.json", start, end };
      expect(() => parseDependencySpec(spec, { referrer: "package.json" })).toThrow(
        expect.objectContaining({ code, details: expect.objectContaining(details) }),
      );
    },
  );
});
