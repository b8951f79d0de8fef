import { expect } from "playwright/test";
import type { Page } from "playwright/test";
import { test } from "./playground-test.ts";

// What a program may do to the page that runs it: nothing.

/** Errors of the page itself; the frame's are the program's. */
function watchPage(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
  return errors;
}

const THROWN: [what: string, program: string, text: string, code?: string][] = [
  ["is its own cause", "const e = new Error('round'); e.cause = e; throw e;", "round"],
  [
    "has a chain of causes without end",
    "let e = new Error('deep'); for (let i = 0; i < 1e5; i++) e = new Error('deep', { cause: e }); throw e;",
    "deep",
  ],
  ["has a name that is no text", "const e = new Error('named'); e.name = Symbol('x'); throw e;", "named"],
  [
    "throws when it is asked for its message",
    "const e = new Error(); Object.defineProperty(e, 'message', { get() { throw e; } }); throw e;",
    "",
  ],
  [
    "is an object that does not want to be shown",
    "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; }, ownKeys() { throw 3; } });",
    "",
  ],
  [
    "pretends to be a loader's error of an unknown code",
    "throw Object.assign(new Error('fake'), { name: 'LoaderError', code: 'toString', details: null });",
    "fake",
  ],
  [
    "pretends to be a loader's error with details that cannot be sent",
    "throw Object.assign(new Error('fake'), { name: 'LoaderError', code: 'ERR_FETCH_FAILED', details: { f() {} } });",
    "fake",
    "ERR_FETCH_FAILED",
  ],
  ["is as long as a book", "throw new Error('long'.repeat(5e6));", "long"],
];

for (const [what, program, text, code = "ERR_EVALUATION_FAILED"] of THROWN) {
  test(`a thrown value that ${what} ends the run with an error`, async ({ playground }) => {
    const errors = watchPage(playground.page);
    await playground.open();
    expect(await playground.runToError(code, program)).toContain(text);
    expect(errors).toEqual([]);
  });
}

test("values that do not want to be shown are no error of the program that logs them", async ({ playground }) => {
  await playground.open();
  await playground.runToEnd(`
    class Odd { static name = Symbol("odd"); }
    const e = new Error("round"); e.cause = e;
    const hundred = (value) => Array(100).fill(value);
    console.log(Odd); console.log("%d %i %f", Symbol(), Symbol(), 1n); console.log(e);
    console.log(new Proxy({}, { ownKeys() { throw 1; } }));
    console.log(hundred(hundred(hundred(hundred(hundred("x"))))));
    console.log(...hundred("y".repeat(1e5)));
    console.log("end");
  `);
  await expect(playground.console().last()).toContainText("end");
});

test("a program that takes the port and sends nonsense does nothing to the page", async ({ playground }) => {
  const errors = watchPage(playground.page);
  await playground.open();
  await playground.run(`
    const post = MessagePort.prototype.postMessage;
    let port;
    MessagePort.prototype.postMessage = function (...all) { port = this; return post.apply(this, all); };
    console.log("caught");
    const value = (text) => ({ kind: "string", text });
    const entries = [null, 7, {}, { level: "log" }, { level: "log", values: 7 }, { level: "log", values: [null] },
      { level: "log", values: [{ kind: {}, text: {} }] }, { level: {}, values: [value("<img src=x onerror=top.hit=1>")] },
      { level: "log", values: [value("z".repeat(1e6))] }, { level: "log", values: Array(1e5).fill(value("w")) }];
    for (const entry of entries) post.call(port, { type: "console", entry });
    for (const message of [null, 7, "text", {}, { type: "unknown" }, { type: "toString" }, { type: "import" }, { type: "asset" },
      { type: "import", id: 1, specifier: {}, referrer: [] }, { type: "import", id: "__proto__", specifier: "__proto__", referrer: "__proto__" },
      { type: "asset", id: 2, url: {} }, { type: "asset", id: 3, url: location.origin + "/%" }, { type: "start", image: {} },
      { type: "error" }, { type: "error", error: { message: {}, stack: 1, file: [], line: "x", error: { code: "toString" } } }])
      post.call(port, message);
    console.log("still here");
  `);
  await expect(playground.console().filter({ hasText: "still here" })).toHaveCount(1);
  expect(await playground.run(`console.log("next");`)).toBe("done");
  await expect(playground.console()).toHaveText("next");
  expect(errors).toEqual([]);
  for (const failed of [
    "undefined",
    "7",
    "{ message: {}, error: { code: 'toString' } }",
    "{ message: 'x', error: { code: 'ERR_FETCH_FAILED', message: 'x', details: null } }",
  ]) {
    const program = `
      const post = MessagePort.prototype.postMessage;
      MessagePort.prototype.postMessage = function () { post.call(this, { type: "failed", error: ${failed} }); };
      console.log("x"); await new Promise(() => {});`;
    await playground.runToError("ERR_EVALUATION_FAILED", program);
  }
  expect(errors).toEqual([]);
});

test("a program reaches neither the page nor what the page stores", async ({ playground }) => {
  await playground.open();
  await playground.page.evaluate(() => {
    localStorage.setItem("secret", "of the page");
    sessionStorage.setItem("secret", "of the page");
    document.cookie = "secret=of the page";
  });
  await playground.runToEnd(`
    const tries = {
      document: () => parent.document, top: () => top.location.href, storage: () => localStorage.getItem("secret").length, session: () => sessionStorage.getItem("secret").length,
      cookie: () => { if (!document.cookie.includes("secret")) throw new Error(); }, indexedDB: () => new Promise((yes, no) => { const r = indexedDB.open("raya-objects"); r.onsuccess = yes; r.onerror = () => no(new Error()); }),
      caches: () => caches.keys(), worker: () => navigator.serviceWorker.controller.state, frame: () => frameElement.ownerDocument.title,
      navigate: () => { top.location.href = "about:blank"; }, fetch: async () => (await fetch(new URL("/url?href=https%3A%2F%2Fesm.sh%2Fms", new URL(document.baseURI).origin))).text(),
    };
    for (const [name, attempt] of Object.entries(tries)) {
      try { await attempt(); console.log(name + " reached"); } catch { }
    }
    console.log("tried");
  `);
  await expect(playground.console()).toHaveText(["tried"]);
});

test("a program has storage of its own, of which the page sees nothing", async ({ playground }) => {
  await playground.open();
  await playground.runToEnd(`
    localStorage.setItem("mine", 1);
    console.log(localStorage.getItem("mine"), localStorage.length, localStorage.key(0), sessionStorage.getItem("mine"));
  `);
  await expect(playground.console()).toHaveText(["1 1 mine null"]);
  expect(await playground.page.evaluate(() => localStorage.getItem("mine"))).toBeNull();
});

test("a file whose name cannot be decoded is not there, which is no error of fetch", async ({ playground }) => {
  await playground.open();
  await playground.runToEnd(`console.log((await fetch("100%.png")).status);`);
  await expect(playground.console()).toHaveText("404");
});

test("a program that leaves its frame ends, and the next one runs", async ({ playground }) => {
  await playground.open();
  for (const leave of ["location.href = 'about:blank'", "location.reload()", "location.href = '/somewhere'"]) {
    await playground.runToError("ERR_EVALUATION_FAILED", `${leave}; await new Promise(() => {});`);
    await playground.runToEnd(`console.log("next");`);
  }
});

test("Stop ends a program that never gets anywhere, and one that logs without end", async ({ playground }) => {
  await playground.open();
  await playground.setProject(`console.log("waiting"); await new Promise(() => {});`);
  const run = playground.page.evaluate(() => window.raya.run());
  await expect(playground.console()).toHaveText("waiting");
  await playground.page.evaluate(() => window.raya.stop());
  expect(await run).toBe("stopped");
  await expect(playground.page.getByTestId("frame-host").locator("iframe")).toHaveCount(0);
  await playground.runToEnd(
    `const go = () => { for (let i = 0; i < 50; i++) console.log(i, Math.random()); setTimeout(go); }; go();`,
  );
  await playground.runToEnd(`console.log("quiet");`);
  await expect(playground.console()).toHaveText("quiet");
});

test("what a program imports from the page's own origin comes without the visitor's cookies", async ({
  playground,
}) => {
  const context = playground.page.context();
  const sent: Record<string, string>[] = [];
  await context.route("**/mine.json", async (route) => {
    sent.push(await route.request().allHeaders());
    await route.fulfill({ json: { of: "the visitor" } });
  });
  await context.addCookies([{ name: "session", value: "secret", url: playground.url }]);
  await playground.open();
  await playground.run(`import mine from "${playground.url}mine.json" with { type: "text" }; console.log(mine);`);
  expect(sent.map(({ cookie }) => cookie)).toEqual([undefined]);
});

test("a program runs although the browser has no room to keep it, and that is said", async ({
  playground,
  registry,
}) => {
  const incompressible = Array.from({ length: 200_000 }, () => Math.random().toString(36).slice(2)).join("");
  await registry.publish({ name: "e2e-large", files: { "index.js": `module.exports = "${incompressible}".length;` } });
  await playground.open();
  const session = await playground.page.context().newCDPSession(playground.page);
  const { origin } = new URL(playground.url);
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1_000_000 });
  await playground.runToEnd(`import length from "e2e-large"; console.log(length > 1e6);`);
  await expect(playground.console()).toHaveText("true");
  await expect(playground.page.getByText("no room to keep the program")).toBeVisible();
});

test("a page whose loader broke runs the next program with a new one", async ({ playground }) => {
  const scripts = /loader-worker/;
  await playground.page.route(scripts, (route) => route.abort());
  await playground.open();
  expect(await playground.run(`console.log("first");`)).toBe("failed");
  await expect(playground.error).toContainText("worker broke");
  await playground.page.unroute(scripts);
  await playground.runToEnd(`console.log("second");`);
  await expect(playground.console()).toHaveText("second");
});
