import { expect } from "playwright/test";
import { test } from "./playground-test.ts";

// Real packages from the real registry, each judged by what it does.

test.beforeEach(({ playground }) => playground.open());

test("R12: react 19 renders with react-dom/client, and a click changes state", async ({ playground }) => {
  await playground.runToEnd(`
    import { useState } from "react@19";
    import { createRoot } from "react-dom@19/client";
    function Counter() {
      const [count, setCount] = useState(0);
      return <button onClick={() => setCount(count + 1)}>clicked {count} times</button>;
    }
    createRoot(document.body.appendChild(document.createElement("div"))).render(<Counter />);
  `);
  const button = playground.frame().getByRole("button");
  await expect(button).toHaveText("clicked 0 times");
  await button.click();
  await expect(button).toHaveText("clicked 1 times");
  const react = (await playground.packages()).filter(({ name }) => name === "react");
  expect(react.map(({ version }) => version)).toEqual([expect.stringMatching(/^19\./)]);
});

test("R10: preact renders what htm parses, and a click changes state", async ({ playground }) => {
  await playground.runToEnd(`
    import { h, render } from "preact";
    import { useState } from "preact/hooks";
    import htm from "htm";
    const html = htm.bind(h);
    function Counter() {
      const [count, setCount] = useState(0);
      return html\`<button onClick=\${() => setCount(count + 1)}>clicked \${count} times</button>\`;
    }
    render(html\`<\${Counter} />\`, document.body);
  `);
  const button = playground.frame().getByRole("button");
  await button.click();
  await expect(button).toHaveText("clicked 1 times");
});

test("R10: a reactive vue component follows its state", async ({ playground }) => {
  await playground.runToEnd(`
    import { createApp, h, ref, computed } from "vue";
    const Counter = {
      setup() {
        const count = ref(1);
        const doubled = computed(() => count.value * 2);
        return () => h("button", { onClick: () => count.value++ }, \`\${count.value} doubled is \${doubled.value}\`);
      },
    };
    createApp(Counter).mount(document.body.appendChild(document.createElement("div")));
  `);
  const button = playground.frame().getByRole("button");
  await expect(button).toHaveText("1 doubled is 2");
  await button.click();
  await expect(button).toHaveText("2 doubled is 4");
});

test("R10: d3 draws SVG shapes from data", async ({ playground }) => {
  await playground.runToEnd(`
    import * as d3 from "d3";
    const height = d3.scaleLinear([0, 10], [0, 100]);
    d3.select(document.body).append("svg").selectAll("rect").data([2, 5, 10]).join("rect")
      .attr("x", (_, index) => index * 20).attr("width", 18).attr("height", (value) => height(value));
    d3.select("svg").append("path").attr("d", d3.arc()({ innerRadius: 10, outerRadius: 20, startAngle: 0, endAngle: Math.PI }));
  `);
  const bars = playground.frame().locator("svg rect");
  await expect(bars).toHaveCount(3);
  expect(await bars.evaluateAll((all) => all.map((bar) => bar.getAttribute("height")))).toEqual(["20", "50", "100"]);
  await expect(playground.frame().locator("svg path")).toHaveAttribute("d", /^M.+A20,20/);
});

test("R10: three builds a scene, and renders a frame where WebGL is there", async ({ playground }) => {
  await playground.runToEnd(`
    import * as THREE from "three";
    const scene = new THREE.Scene();
    const cube = new THREE.Mesh(new THREE.BoxGeometry(2, 2, 2), new THREE.MeshBasicMaterial({ color: 0xff0000 }));
    scene.add(cube);
    const hit = new THREE.Raycaster(new THREE.Vector3(0, 0, 5), new THREE.Vector3(0, 0, -1)).intersectObjects(scene.children);
    console.log("distance", hit[0].distance);
    const canvas = document.body.appendChild(document.createElement("canvas"));
    if (document.createElement("canvas").getContext("webgl2")) {
      const renderer = new THREE.WebGLRenderer({ canvas, preserveDrawingBuffer: true });
      const camera = new THREE.PerspectiveCamera(60, 1, 0.1, 10);
      camera.position.z = 4;
      renderer.render(scene, camera);
      const pixel = new Uint8Array(4), gl = renderer.getContext();
      gl.readPixels(canvas.width / 2, canvas.height / 2, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
      console.log("middle", pixel.join());
    } else console.log("middle", "no WebGL here");
  `);
  await expect(playground.console().nth(0)).toContainText("distance 4");
  await expect(playground.console().nth(1)).toContainText(/middle (255,0,0,255|no WebGL here)/);
});

test("R10: lodash-es, all of it through one namespace import", async ({ playground }) => {
  await playground.runToEnd(`
    import * as _ from "lodash-es";
    console.log(Object.keys(_).length > 300, JSON.stringify(_.chunk(_.map([1, 2, 3], (n) => n * n), 2)), _.default.camelCase("one two"));
  `);
  await expect(playground.console()).toContainText("true [[1,4],[9]] oneTwo");
});

test("R10: lodash, a CommonJS package, by its default and by its names", async ({ playground }) => {
  await playground.runToEnd(`
    import _, { groupBy } from "lodash";
    import debounce from "lodash/debounce";
    console.log(JSON.stringify(groupBy([1.2, 1.8, 2.1], Math.floor)), _.VERSION[0], typeof debounce(() => {}, 1).cancel);
  `);
  await expect(playground.console()).toContainText('{"1":[1.2,1.8],"2":[2.1]} 4 function');
});

test("R10: date-fns formats and adds", async ({ playground }) => {
  await playground.runToEnd(`
    import { addDays, format, formatDistance } from "date-fns";
    const start = new Date(2024, 1, 28);
    console.log(format(addDays(start, 2), "yyyy-MM-dd"), "|", formatDistance(start, addDays(start, 3)));
  `);
  await expect(playground.console()).toContainText("2024-03-01 | 3 days");
});

test("R12: zod@^4 accepts what fits and says what does not", async ({ playground }) => {
  await playground.runToEnd(`
    import { z } from "zod@^4";
    const Person = z.object({ name: z.string(), age: z.number().int() });
    console.log(Person.parse({ name: "Ada", age: 36 }).name, Person.safeParse({ name: "Ada", age: "36" }).error.issues[0].path.join());
  `);
  await expect(playground.console()).toContainText("Ada age");
  expect(await playground.packages()).toEqual([
    expect.objectContaining({ name: "zod", version: expect.stringMatching(/^4\./) }),
  ]);
});

test("R10: immer leaves the original alone", async ({ playground }) => {
  await playground.runToEnd(`
    import { produce } from "immer";
    const before = { list: [1], other: {} };
    const after = produce(before, (draft) => { draft.list.push(2); });
    console.log(before.list.length, after.list.length, before.other === after.other, Object.isFrozen(after));
  `);
  await expect(playground.console()).toContainText("1 2 true true");
});

test("R10: nanoid, uuid and ms", async ({ playground }) => {
  await playground.runToEnd(`
    import { nanoid } from "nanoid";
    import { v4, v5, validate } from "uuid";
    import ms from "ms";
    console.log(nanoid().length, nanoid() !== nanoid());
    console.log(validate(v4()), v5("raya", v5.URL));
    console.log(ms("2 days"), ms(60_000));
  `);
  await expect(playground.console().nth(0)).toContainText("21 true");
  await expect(playground.console().nth(1)).toContainText(/true [0-9a-f]{8}-[0-9a-f]{4}-5/);
  await expect(playground.console().nth(2)).toContainText("172800000 1m");
});

test("R10: semver compares, by its names and by a file of it", async ({ playground }) => {
  await playground.runToEnd(`
    import semver, { satisfies } from "semver";
    import gt from "semver/functions/gt.js";
    console.log(satisfies("1.5.0", "^1.2"), gt("1.10.0", "1.9.0"), semver.maxSatisfying(["1.0.0", "1.2.3", "2.0.0"], "1"));
  `);
  await expect(playground.console()).toContainText("true true 1.2.3");
});

test("R10: marked turns Markdown into HTML", async ({ playground }) => {
  await playground.runToEnd(`
    import { marked } from "marked";
    document.body.innerHTML = marked.parse("# Title\\n\\n* one\\n* **two**");
  `);
  await expect(playground.frame().getByRole("heading", { name: "Title" })).toBeVisible();
  await expect(playground.frame().locator("li strong")).toHaveText("two");
});

test("R10: canvas-confetti draws on a canvas", async ({ playground }) => {
  await playground.runToEnd(`
    import confetti from "canvas-confetti";
    const canvas = document.body.appendChild(document.createElement("canvas"));
    canvas.width = canvas.height = 200;
    confetti.create(canvas)({ particleCount: 200, spread: 360, startVelocity: 20, origin: { x: 0.5, y: 0.5 }, ticks: 500, disableForReducedMotion: false });
    const drawn = () => canvas.getContext("2d").getImageData(0, 0, 200, 200).data.some((value) => value > 0);
    const look = () => drawn() ? console.log("confetti drawn") : requestAnimationFrame(look);
    requestAnimationFrame(look);
  `);
  await expect(playground.console()).toContainText("confetti drawn");
  await expect(playground.frame().locator("canvas")).toBeVisible();
});

const QUERY = `
    const db = new SQL.Database();
    db.run("CREATE TABLE planet (name TEXT, moons INT)");
    db.run("INSERT INTO planet VALUES ('Earth', 1), ('Mars', 2), ('Venus', 0)");
    console.log(JSON.stringify(db.exec("SELECT name FROM planet WHERE moons > 0 ORDER BY moons DESC")[0].values));
`;

test("R10: sql.js finds its WebAssembly without being told, and a query gives rows", async ({ playground }) => {
  await playground.runToEnd(`
    import initSqlJs from "sql.js";
    const SQL = await initSqlJs();
    ${QUERY}`);
  await expect(playground.console()).toContainText('[["Mars"],["Earth"]]');
});

test("R10: sql.js gets its WebAssembly from import.meta.resolve, and a query gives rows", async ({ playground }) => {
  await playground.runToEnd(`
    import initSqlJs from "sql.js";
    const SQL = await initSqlJs({ locateFile: () => import.meta.resolve("sql.js/dist/sql-wasm-browser.wasm") });
    ${QUERY}`);
  await expect(playground.console()).toContainText('[["Mars"],["Earth"]]');
});
