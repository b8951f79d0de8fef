/** A program that both contenders run. */
export interface BenchProgram {
  readonly name: string;
  /** Exact versions: both run the same code. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Its text; `from` gives the specifier for a package and a path in it. Logs `RESULT` when there is a result. */
  readonly source: (from: (name: string, path?: string) => string) => string;
}

/** What a program logs when it is done. */
export const RESULT = "bench result";

export const PROGRAMS: readonly BenchProgram[] = [
  {
    name: "lodash-es, all of it",
    dependencies: { "lodash-es": "4.18.1" },
    source: (from) => `
      import * as _ from "${from("lodash-es")}";
      console.log("${RESULT}", Object.keys(_).length, _.chunk([1, 2, 3], 2).length);
    `,
  },
  {
    name: "three, a scene",
    dependencies: { three: "0.187.0" },
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
    dependencies: { react: "19.3.1", "react-dom": "19.3.1" },
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

/** The program as a visitor would write it: versions inline. */
export function playgroundSource({ dependencies, source }: BenchProgram): string {
  return source((name, path = "") => `${name}@${dependencies[name]}${path}`);
}
