import type { BenchProgram } from "../program.ts";
import { versionsOf } from "../versions.ts";

/** What a program logs when it is done. */
export const RESULT = "bench result";

/** Programs that log `RESULT` when there is a result. */
export const PAGE_PROGRAMS: readonly BenchProgram[] = [
  {
    name: "lodash-es, all of it",
    dependencies: versionsOf("lodash-es"),
    source: (from) => `
      import * as _ from "${from("lodash-es")}";
      console.log("${RESULT}", Object.keys(_).length, _.chunk([1, 2, 3], 2).length);
    `,
  },
  {
    name: "three, a scene",
    dependencies: versionsOf("three"),
    source: (from) => `
      import * as THREE from "${from("three")}";
      const scene = new THREE.Scene();
      for (let x = 0; x < 10; x++) {
        const cube = new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshStandardMaterial({ color: x }));
        cube.position.x = x;
        scene.add(cube);
      }
      scene.updateMatrixWorld();
      console.log("${RESULT}", scene.children.length, Object.keys(THREE).length);
    `,
  },
  {
    name: "react-dom, a render",
    dependencies: versionsOf("react", "react-dom"),
    source: (from) => `
      import { createElement, useEffect } from "${from("react")}";
      import { createRoot } from "${from("react-dom", "/client")}";
      function App() {
        useEffect(() => console.log("${RESULT}", document.querySelector("h1").textContent), []);
        return createElement("h1", null, "rendered");
      }
      createRoot(document.body.appendChild(document.createElement("div"))).render(createElement(App));
    `,
  },
];
