import { expect } from "playwright/test";
import { buildWasm, I32, type WasmSource } from "../fixtures/wasm-builder.ts";
import { test } from "./playground-test.ts";

test.beforeEach(({ playground }) => playground.open());

/** A mutable global `n`, 5 at first, and `inc`. */
const COUNTER: WasmSource = {
  types: [[[], []]],
  globals: [[I32, 1, 0x41, 5]],
  functions: [[0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0]],
  exports: [
    ["n", "global", 0],
    ["inc", "function", 0],
  ],
};

test.describe("WebAssembly as modules", () => {
  test("imports from JavaScript and WebAssembly, live values, import source, import()", async ({
    playground,
    registry,
  }) => {
    const adder: WasmSource = {
      types: [[[], []]],
      imports: [
        ["./counter.wasm", "n", "global", I32, 1],
        ["./log.js", "log", "function", 0],
      ],
      functions: [[0, 0x23, 0, 0x41, 10, 0x6a, 0x24, 0, 0x10, 0]],
      start: 1,
    };
    await registry.publish({
      name: "e2e-wasm",
      manifest: { type: "module" },
      files: {
        "counter.wasm": buildWasm(COUNTER),
        "adder.wasm": buildWasm(adder),
        "log.js": "export const log = () => console.log('started');",
      },
    });
    await playground.runToEnd({
      "/main.js": `
        import * as counter from "e2e-wasm/counter.wasm";
        import "e2e-wasm/adder.wasm";
        import source module from "e2e-wasm/counter.wasm";
        counter.inc();
        const later = await import("e2e-wasm/" + "counter.wasm");
        console.log(counter.n, later.n, module instanceof WebAssembly.Module);`,
    });
    await expect(playground.console()).toHaveText([/started/, /16 16 true/]);
  });

  test("a large one, which engines start only asynchronously", async ({ playground, registry }) => {
    const large = buildWasm({ ...COUNTER, padding: 9 * 1024 * 1024 });
    const url = registry.serve("large.wasm", { body: large, type: "application/wasm" });
    await playground.runToEnd(`import { n } from "${url}"; console.log("n is", n);`);
    await expect(playground.console()).toContainText("n is 5");
  });

  test("what does not link says which import of which module", async ({ playground, registry }) => {
    const wanting = buildWasm({ types: [[[], []]], imports: [["./env.js", "f", "function", 0]] });
    await registry.publish({
      name: "e2e-wasm-unlinked",
      manifest: { type: "module" },
      files: { "x.wasm": wanting, "env.js": "export const f = 1;" },
    });
    const text = await playground.runToError("ERR_EVALUATION_FAILED", 'import "e2e-wasm-unlinked/x.wasm";');
    expect(text).toContain(
      '"e2e-wasm-unlinked@1.0.0/x.wasm" cannot be linked: it imports the function "f" from "./env.js", which is number',
    );
  });

  test("what does not compile has a code", async ({ playground, registry }) => {
    // A function without its end.
    const broken = buildWasm({ types: [[[], [I32]]], functions: [[0]] });
    const url = registry.serve("broken.wasm", { body: broken, type: "application/wasm" });
    expect(await playground.runToError("ERR_SOURCE_PARSE", `import "${url}";`)).toContain("cannot be compiled");
  });
});

/** Packages that load a .wasm file of theirs: what they ask for, each in its own way, and what they compute with it. */
const PACKAGES: readonly (readonly [title: string, program: string, result: string | RegExp])[] = [
  [
    "@sqlite.org/sqlite-wasm: new URL(file, import.meta.url), streamed",
    `
    import sqlite3InitModule from "@sqlite.org/sqlite-wasm";
    const sqlite3 = await sqlite3InitModule();
    const database = new sqlite3.oo1.DB(":memory:");
    database.exec("CREATE TABLE planet (name, moons)");
    database.exec({ sql: "INSERT INTO planet VALUES (?, ?), (?, ?)", bind: ["Earth", 1, "Mars", 2] });
    console.log(database.selectValue("SELECT name FROM planet WHERE moons = 2"));`,
    "Mars",
  ],
  [
    "esbuild-wasm: a URL that is given to it, without a worker",
    `
    import * as esbuild from "esbuild-wasm";
    await esbuild.initialize({ wasmURL: import.meta.resolve("esbuild-wasm/esbuild.wasm"), worker: false });
    const { code } = await esbuild.transform("enum A { x = 1 + 2 } alert(A.x)", { loader: "ts", minify: true });
    console.log(code.includes("alert(3)"));`,
    "true",
  ],
  [
    "hash-wasm: inside of the module",
    `
    import { sha256 } from "hash-wasm";
    console.log(await sha256("abc"));`,
    /ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/,
  ],
  [
    "@resvg/resvg-wasm: a response that is given to it",
    `
    import { initWasm, Resvg } from "@resvg/resvg-wasm";
    await initWasm(fetch(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm")));
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"><rect width="8" height="4" fill="red"/></svg>';
    const image = new Resvg(svg).render();
    console.log(image.width, image.height, image.pixels.subarray(0, 4).join());`,
    "8 4 255,0,0,255",
  ],
  [
    "tiktoken: an import of the file as a module",
    `
    import { get_encoding } from "tiktoken";
    const encoding = get_encoding("cl100k_base");
    console.log(encoding.encode("hello world").join());`,
    "15339,1917",
  ],
  [
    "@dqbd/tiktoken: an import of the file as a module",
    `
    import { get_encoding } from "@dqbd/tiktoken";
    console.log(new TextDecoder().decode(get_encoding("gpt2").decode([31373, 995])));`,
    "hello world",
  ],
  [
    "tiktoken/lite/init: streamed into what it asks for",
    `
    import { init, Tiktoken } from "tiktoken/lite/init";
    import ranks from "tiktoken/encoders/cl100k_base.json";
    const file = fetch(import.meta.resolve("tiktoken/lite/tiktoken_bg.wasm"));
    await init((imports) => WebAssembly.instantiateStreaming(file, imports));
    const encoding = new Tiktoken(ranks.bpe_ranks, ranks.special_tokens, ranks.pat_str);
    console.log(encoding.encode("hello world").join());`,
    "15339,1917",
  ],
  [
    "web-tree-sitter: beside the module, and a grammar of another package",
    `
    import { Language, Parser } from "web-tree-sitter";
    await Parser.init();
    const parser = new Parser();
    parser.setLanguage(await Language.load(import.meta.resolve("tree-sitter-javascript/tree-sitter-javascript.wasm")));
    console.log(parser.parse("let a = 1").rootNode.firstChild.type);`,
    "lexical_declaration",
  ],
  [
    "argon2-browser: inside of a script",
    `
    import argon2 from "argon2-browser/dist/argon2-bundled.min.js";
    const { hashHex } = await argon2.hash({ pass: "password", salt: "somesalt", time: 1, mem: 1024 });
    console.log(hashHex);`,
    "fd9a59f9d433f53e6fb9987550effe2b0bca5206518957b2",
  ],
  [
    "@jsquash/webp: beside the module, one file for each direction",
    `
    import { decode, encode } from "@jsquash/webp";
    const picture = new ImageData(4, 4);
    picture.data.fill(255);
    const back = await decode(await encode(picture));
    console.log(back.width, back.data[0]);`,
    "4 255",
  ],
  [
    "brotli-wasm: beside the module, with a promise as its default",
    `
    import ready from "brotli-wasm";
    const brotli = await ready;
    const packed = brotli.compress(new TextEncoder().encode("hello ".repeat(100)));
    console.log(packed.length < 60, new TextDecoder().decode(brotli.decompress(packed)).length);`,
    "true 600",
  ],
  [
    "libsodium-wrappers: inside of another package",
    `
    import sodium from "libsodium-wrappers";
    await sodium.ready;
    console.log(sodium.to_hex(sodium.crypto_generichash(16, "abc")));`,
    "cf4ab791c62b8d2b2109c90275287816",
  ],
  [
    "onnxruntime-web: an import() of its own part at an address that it computes",
    `
    import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
    env.wasm.numThreads = 1;
    // A model in protocol buffers (onnx.proto): y = x + x, for two numbers.
    const text = (value) => [...new TextEncoder().encode(value)];
    const field = (number, value) => typeof value === "number" ? [number << 3, value] : [(number << 3) | 2, value.length, ...value];
    const type = field(1, [...field(1, 1), ...field(2, field(1, field(1, 2)))]);
    const value = (name) => [...field(1, text(name)), ...field(2, type)];
    const node = [...field(1, text("x")), ...field(1, text("x")), ...field(2, text("y")), ...field(4, text("Add"))];
    const graph = [...field(1, node), ...field(2, text("double")), ...field(11, value("x")), ...field(12, value("y"))];
    const model = [...field(1, 8), ...field(8, field(2, 13)), ...field(7, graph)];
    const session = await InferenceSession.create(new Uint8Array(model));
    const { y } = await session.run({ x: new Tensor("float32", [1, 20.5], [2]) });
    console.log(y.data.join());`,
    "2,41",
  ],
  [
    "@ffmpeg/core: a URL in the fragment of another one",
    `
    import createFFmpegCore from "@ffmpeg/core";
    const files = { wasmURL: import.meta.resolve("@ffmpeg/core/wasm") };
    const mainScriptUrlOrBlob = import.meta.resolve("@ffmpeg/core") + "#" + btoa(JSON.stringify(files));
    const core = await createFFmpegCore({ mainScriptUrlOrBlob });
    core.setLogger(({ message }) => message.startsWith("ffmpeg version") && console.log(message));
    core.exec("-version");`,
    /ffmpeg version 5/,
  ],
];

test.describe("packages find their WebAssembly where they look for it, offline too", () => {
  // Some of the archives are large.
  test.describe.configure({ timeout: 600_000 });

  for (const [title, program, result] of PACKAGES) {
    test(title, async ({ playground }) => {
      for (const offline of [false, true]) {
        await playground.page.context().setOffline(offline);
        await playground.runToEnd({ "/main.js": program });
        await expect(playground.console().last()).toContainText(result);
      }
    });
  }
});
