import { expect } from "playwright/test";
import type { PlaygroundPage } from "./playground-page.ts";
import { test } from "./playground-test.ts";

/** Runs `program`, which calls `log` with what it finds, and gives those values; other lines of the console are left out. */
async function logged(playground: PlaygroundPage, program: string): Promise<unknown[]> {
  await playground.open();
  const log = `function log(...values) { console.log("found " + JSON.stringify(values)); }`;
  await playground.runToEnd(`${program}\n${log}\nconsole.log("the end");`);
  // The console is drawn with the next frame.
  await expect(playground.console().filter({ hasText: "the end" })).toBeVisible();
  const lines = await playground.console().allInnerTexts();
  return lines.flatMap((line): unknown[] => {
    const [, found] = /found (\[.*\])/.exec(line) ?? [];
    return found === undefined ? [] : [JSON.parse(found)];
  });
}

// Dozens of small packages come through an empty edge.
test.describe.configure({ timeout: 180_000 });

test.describe("modules of Node", () => {
  test("buffer: Buffer by import and as a free name, encodings, and what browsers have of it", async ({
    playground,
  }) => {
    const values = await logged(
      playground,
      `import { Buffer as Imported, Blob } from "node:buffer";
      log(Imported === Buffer, Buffer.from("héllo").toString("hex"), Buffer.from("aGk", "base64url").toString(), Buffer.from("hi").toString("base64url"));
      log(Buffer.concat([Buffer.from([1]), Buffer.alloc(1)]).readUInt16BE(0), Blob === globalThis.Blob);`,
    );
    expect(values).toEqual([
      [true, "68c3a96c6c6f", "hi", "aGk"],
      [256, true],
    ]);
    expect((await playground.packages()).map(({ name }) => name).toSorted()).toEqual([
      "base64-js",
      "buffer",
      "ieee754",
    ]);
    expect(await playground.lockfile()).toContain('"node:buffer" = { package = "buffer@6.');
  });

  test("crypto: hashes, authentication codes, random numbers", async ({ playground }) => {
    const values = await logged(
      playground,
      `import crypto, { createHash, createHmac, randomBytes, randomUUID, timingSafeEqual } from "crypto";
      log(createHash("sha256").update("abc").digest("hex"));
      log(createHmac("sha1", "key").update("text").digest("base64"), randomBytes(8).length, /^[0-9a-f-]{36}$/.test(randomUUID()));
      log(timingSafeEqual(Buffer.from("a"), Buffer.from("a")), crypto.pbkdf2Sync("p", "s", 10, 16, "sha256").toString("hex"));
      const cipher = crypto.createCipheriv("aes-256-gcm", Buffer.alloc(32), Buffer.alloc(12));
      log(cipher.update("text", "utf8", "hex") + cipher.final("hex"));
      try { crypto.scryptSync("a", "b", 1); } catch (error) { log(error.code); }`,
    );
    expect(values).toEqual([
      ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
      ["Np4pWetJRQM4shJ0j3fY3tdIR7s=", 8, true],
      [true, "1d6f1f7051b420b93e23f010e486cfea"],
      ["bac23849"],
      ["ERR_BUILTIN_UNAVAILABLE"],
    ]);
  });

  test("util, events, path, url, querystring, assert, os", async ({ playground }) => {
    const values = await logged(
      playground,
      `import util, { inspect, promisify, TextEncoder, isDeepStrictEqual } from "util"; import { isRegExp } from "util/types";
      import EventEmitter, { once } from "events"; import { join, posix } from "node:path"; import url, { fileURLToPath, pathToFileURL } from "url";
      import qs from "querystring"; import assert from "assert"; import strict from "node:assert/strict"; import os from "os";
      class Point { x = 1; [Symbol("s")] = new Map([[1, new Set([2n])]]); [inspect.custom] = undefined; }
      log(inspect({ deep: { er: { still: { more: 1 } } }, list: [undefined, null] }), inspect(new Map([["a", [1]]])), util.format("%s %d %j", "a", 1, {}));
      function Old() { EventEmitter.call(this); } util.inherits(Old, EventEmitter);
      const old = new Old(); setTimeout(() => old.emit("ready", 1)); log(await once(old, "ready"), old instanceof EventEmitter, Point.name);
      log(await promisify((value, done) => done(null, value + 1))(1), await promisify(setTimeout)(1, "late"), isDeepStrictEqual([{ a: 1 }], [{ a: 1 }]), isRegExp(/x/), new TextEncoder().encode("a").length);
      log(join("a", "..", "b"), posix.basename("/a/b.js", ".js"), url.parse("http://a.b/c?d=1").pathname, fileURLToPath("file:///a%20b"), pathToFileURL("/a b").href, qs.stringify({ a: [1, 2] }));
      for (const check of [() => assert.deepEqual({ a: 1 }, { a: "1" }), () => strict.deepEqual({ a: 1 }, { a: "1" })])
        try { check(); log("equal"); } catch (error) { log(error.code, error instanceof assert.AssertionError); }
      log(os.EOL, os.platform());`,
    );
    expect(values).toEqual([
      ["{ deep: { er: { still: [Object] } }, list: [ undefined, null ] }", "Map(1) { 'a' => [ 1 ] }", "a 1 {}"],
      [[1], true, "Point"],
      [2, "late", true, true, 1],
      ["b", "b", "/c", "/a b", "file:///a%20b", "a=1&a=2"],
      ["equal"],
      ["ERR_ASSERTION", true],
      ["\n", "browser"],
    ]);
  });

  test("streams: pipelines, iteration, compression, and promises of them", async ({ playground }) => {
    const values = await logged(
      playground,
      `import { Readable, Transform, Writable, pipeline } from "node:stream"; import { pipeline as run, finished } from "stream/promises";
      import { text } from "stream/consumers"; import zlib, { createGzip, createGunzip, gzipSync } from "node:zlib"; import { StringDecoder } from "string_decoder";
      const upper = () => new Transform({ transform(chunk, encoding, done) { done(null, String(chunk).toUpperCase()); } });
      const written = []; const sink = () => new Writable({ write(chunk, encoding, done) { written.push(String(chunk)); done(); } });
      await run(Readable.from(["a", "b"]), upper(), sink()); log(written);
      log(await text(Readable.from([gzipSync("squeezed")]).pipe(createGunzip())), zlib.constants.Z_BEST_COMPRESSION);
      const all = []; for await (const chunk of Readable.from(["x", "y"]).map((value) => value + value)) all.push(chunk); log(all);
      pipeline(Readable.from([1]), upper().on("data", () => {}), async (error) => log("done", error === undefined || error === null));
      await finished(Readable.from([]).resume()); const failing = new Readable({ read() { this.destroy(new Error("broken")); } });
      await run(failing, sink()).catch((error) => log(error.message)); log(new StringDecoder().write(Buffer.from([0xe2, 0x82])), 1);`,
    );
    expect(values).toEqual(
      expect.arrayContaining([[["A", "B"]], ["squeezed", 9], [["xx", "yy"]], ["broken"], ["", 1]]),
    );
  });

  test("process, timers, and globals, where a module uses them", async ({ playground }) => {
    const values = await logged(
      playground,
      `import { setTimeout as after } from "timers/promises"; import imported from "process";
      const order = []; process.nextTick(() => order.push("tick")); setImmediate(() => order.push("immediate")); order.push("sync");
      log(await after(20, "value"), order, process.env.NODE_ENV, process.argv, process.cwd(), process.versions.node ?? "none", imported === process, global === globalThis);
      process.stdout.write("to the console\\n");
      try { process.exit(); } catch (error) { log(error.code, error.message); }`,
    );
    expect(values).toEqual([
      ["value", ["sync", "tick", "immediate"], "production", [], "/", "none", true, true],
      ["ERR_BUILTIN_UNAVAILABLE", '"process.exit" is not available outside of Node'],
    ]);
    await expect(playground.console().nth(1)).toContainText("to the console");
  });

  test("what browsers have natively: URL, performance, web streams, channels, storage of a call", async ({
    playground,
  }) => {
    const values = await logged(
      playground,
      `import { performance as clock } from "perf_hooks"; import { ReadableStream as Web } from "stream/web"; import { isMainThread, MessageChannel as Channel, parentPort } from "worker_threads";
      import { AsyncLocalStorage } from "async_hooks"; import channels from "diagnostics_channel"; import { createRequire, builtinModules } from "module"; import net from "net";
      const storage = new AsyncLocalStorage(); const heard = []; channels.subscribe("c", (message) => heard.push(message)); channels.channel("c").publish(1);
      log(clock === performance, Web === ReadableStream, isMainThread, Channel === MessageChannel, parentPort, storage.run(1, () => storage.getStore()), heard);
      log(builtinModules.includes("fs"), net.isIP("::1"), typeof createRequire(import.meta.url));`,
    );
    expect(values).toEqual([
      [true, true, true, true, null, 1, [1]],
      [true, 6, "function"],
    ]);
    expect(await playground.packages()).toEqual([]);
  });
});

test.describe("modules of Node that cannot be had", () => {
  test("a program loads and runs, and the call is an error that names member, importer and chain", async ({
    playground,
  }) => {
    await playground.open();
    const text = await playground.runToError(
      "ERR_BUILTIN_UNAVAILABLE",
      `import { readFileSync, existsSync } from "node:fs"; import { spawn } from "child_process";
      console.log(existsSync("/etc/passwd"), typeof spawn); console.log("still here"); readFileSync("/etc/passwd");`,
    );
    await expect(playground.console().nth(0)).toContainText("false function");
    await expect(playground.console().nth(1)).toContainText("still here");
    expect(text).toContain('"fs.readFileSync" is not available outside of Node: "/main.tsx" imports "fs"');
  });

  test("express can be imported; listening is what fails, and says who asked", async ({ playground }) => {
    const values = await logged(
      playground,
      `import express, { Router } from "express"; const app = express(); app.get("/", (request, response) => response.send("hi"));
      log(typeof app, typeof Router); try { app.listen(3000); } catch (error) { log(error.code, error.message, error.details.chain); }`,
    );
    expect(values).toEqual([
      ["function", "function"],
      [
        "ERR_BUILTIN_UNAVAILABLE",
        expect.stringMatching(/^"http\.createServer" is not available outside of Node: "express@\S+" imports "http"/),
        ["/main.tsx", expect.stringMatching(/^express@/)],
      ],
    ]);
  });
});

test.describe("packages that use modules of Node", () => {
  test("jsonwebtoken and bcryptjs: signed by one, checked by the other side", async ({ playground }) => {
    const values = await logged(
      playground,
      `import jwt from "jsonwebtoken"; import bcrypt from "bcryptjs";
      const token = jwt.sign({ a: 1 }, "s3cret", { noTimestamp: true }); log(token, jwt.verify(token, "s3cret"));
      try { jwt.verify(token, "wrong"); } catch (error) { log(error.message); }
      log(bcrypt.compareSync("a", bcrypt.hashSync("a", 4)));`,
    );
    expect(values).toEqual([
      ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhIjoxfQ.L9T51XxLBCjO_f6L2x6K8ExYFvVcLMGIBtx2EeUY-dI", { a: 1 }],
      ["invalid signature"],
      [true],
    ]);
  });

  test("isomorphic-git commits into memfs", async ({ playground }) => {
    const values = await logged(
      playground,
      `import git from "isomorphic-git"; import { fs } from "memfs"; const dir = "/repo";
      await git.init({ fs, dir }); await fs.promises.writeFile(dir + "/a.txt", "hello"); await git.add({ fs, dir, filepath: "a.txt" });
      const author = { name: "a", email: "b@c.d", timestamp: 0, timezoneOffset: 0 };
      log(await git.commit({ fs, dir, message: "m", author }), (await git.log({ fs, dir })).length);
      let read = ""; for await (const chunk of fs.createReadStream(dir + "/a.txt")) read += chunk; log(read);`,
    );
    expect(values).toEqual([[expect.stringMatching(/^[0-9a-f]{40}$/), 1], ["hello"]]);
  });

  test("xml2js, sax, csv-parse, htmlparser2, jszip, pako", async ({ playground }) => {
    const values = await logged(
      playground,
      `import { parseStringPromise } from "xml2js"; import sax from "sax"; import { parse } from "csv-parse"; import { WritableStream } from "htmlparser2/WritableStream";
      import JSZip from "jszip"; import { deflate, inflate } from "pako"; import { Readable } from "readable-stream"; import zlib from "browserify-zlib";
      log(await parseStringPromise("<a b='1'><c>x</c></a>"));
      const tags = []; const stream = sax.createStream(true); stream.on("opentag", ({ name }) => tags.push(name)); stream.end("<a><b/></a>"); log(tags);
      const rows = []; for await (const row of Readable.from(["a,b\\n1,", "2\\n"]).pipe(parse({ columns: true }))) rows.push(row); log(rows);
      const seen = []; const html = new WritableStream({ onopentag: (name) => seen.push(name), ontext: (text) => seen.push(text) });
      await new Promise((resolve) => Readable.from(["<p>h", "i</p>"]).pipe(html).on("finish", resolve)); log(seen);
      const zip = new JSZip(); zip.file("a.txt", "zipped"); const packed = await zip.generateAsync({ type: "uint8array" });
      log(await (await JSZip.loadAsync(packed)).file("a.txt").async("string"), new TextDecoder().decode(inflate(deflate(new TextEncoder().encode("deflated")))));
      log(zlib.gunzipSync(zlib.gzipSync("gzipped")).toString());`,
    );
    expect(values).toEqual([
      [{ a: { $: { b: "1" }, c: ["x"] } }],
      [["a", "b"]],
      [[{ a: "1", b: "2" }]],
      [["p", "h", "i"]],
      ["zipped", "deflated"],
      ["gzipped"],
    ]);
  });

  test("the browser field: ws, node-fetch, uuid, mime-types, debug", async ({ playground }) => {
    const values = await logged(
      playground,
      `import WebSocket from "ws"; import fetch from "node-fetch@2"; import { v4, v5 } from "uuid"; import mime from "mime-types"; import debug from "debug";
      try { new WebSocket("ws://x"); } catch (error) { log(error.message); }
      log(typeof fetch, v4().length, v5("raya", v5.URL), mime.lookup("a.html"), typeof debug("x"));`,
    );
    expect(values).toEqual([
      ["ws does not work in the browser. Browser clients must use the native WebSocket object"],
      ["function", 36, expect.stringMatching(/^[0-9a-f-]{36}$/), "text/html", "function"],
    ]);
    expect((await playground.packages()).map(({ name }) => name)).not.toContain("stream-http");
  });

  test("R9: offline, what stands in for modules of Node comes from the store", async ({ playground, page }) => {
    const program = `import { Readable } from "stream"; import { inspect } from "util"; console.log(inspect(new Map([[1, Readable.name]])));`;
    await playground.openInstalled();
    await playground.runToEnd(program);
    const lockfile = await playground.lockfile();
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForFunction(() => "raya" in window);
    await playground.runToEnd(program);
    await expect(playground.console()).toContainText("Map(1) { 1 => 'Readable' }");
    expect(await playground.lockfile()).toBe(lockfile);
  });
});
