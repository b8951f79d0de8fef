import { describe, it } from "vitest";
import { parsePlainYaml } from "../../../src/lock/import/parse-plain-yaml.ts";

const parse = (text: string) => parsePlainYaml("x.yaml", text);

describe("the YAML of locks", () => {
  it("is read: maps, lists, quoted and plain texts, one-line values, literal blocks, long keys", ({ expect }) => {
    const text = `# made by a tool
lockfileVersion: '9.0'

a@file:local:
  url: https://x.example/a.tgz
  range: ^1 || >=2
  empty: {}
  none:
  it: 'it''s'
  "b@npm:^1, b@npm:2": "say \\"hi\\""
  flow: {integrity: sha512-AA==, engines: {node: '>=10'}, os: [darwin, '!win32'], url: https://x.example/}
  list:
    - one
    - {two: 2}
  same:
  - three
  text: |-
    first

      second
  after: yes
? long key
: value
? other key
:
  inner: 1
`;
    expect(parse(text)).toEqual({
      lockfileVersion: "9.0",
      "a@file:local": {
        url: "https://x.example/a.tgz",
        range: "^1 || >=2",
        empty: {},
        none: "",
        it: "it's",
        "b@npm:^1, b@npm:2": 'say "hi"',
        flow: {
          integrity: "sha512-AA==",
          engines: { node: ">=10" },
          os: ["darwin", "!win32"],
          url: "https://x.example/",
        },
        list: ["one", { two: "2" }],
        same: ["three"],
        text: "first\n\n  second",
        after: "yes",
      },
      "long key": "value",
      "other key": { inner: "1" },
    });
    expect(parse("")).toEqual({});
  });

  it("takes __proto__ and constructor as names", ({ expect }) => {
    const map = parse("__proto__:\n  constructor: 1\nflow: {__proto__: 2}\n");
    expect(JSON.stringify(map)).toBe('{"__proto__":{"constructor":"1"},"flow":{"__proto__":"2"}}');
  });

  it.for([
    ["a: 1\n   b: 2", 2, /indented/],
    ["a: 1\na: 2", 2, /"a" is there twice/],
    ["a: &anchor 1", 1, /no plain text/],
    ["a: *anchor", 1, /no plain text/],
    ["a: !!binary x", 1, /no plain text/],
    ["a: >-\n  folded", 1, /no plain text/],
    ["a: 1 # comment", 1, /no plain text/],
    ["a: b: c", 1, /no plain text/],
    ["a: [1, 2", 1, /no "\]"/],
    ["a: {b: 1} c", 1, /follows the end/],
    ["a: {b}", 1, /"b" has no value/],
    ['a: "open', 1, /no quoted text/],
    ["just text", 1, /no key/],
    ["- a\nb: 1", 2, /indented as nothing/],
    ["? key\nb: 1", 1, /has no value/],
    [`a: ${"[".repeat(10_000)}`, 1, /too many brackets/],
  ] as const)("is an error with its line for what locks never have: %s", ([text, line, message], { expect }) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: "ERR_LOCKFILE_INVALID",
        message: expect.stringMatching(message),
        details: expect.objectContaining({ file: "x.yaml", line }),
      }),
    );
  });
});
