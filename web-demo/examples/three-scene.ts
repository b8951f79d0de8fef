import type { Example } from "./example.ts";

export const threeScene: Example = {
  id: "three-scene",
  title: "Three.js knot",
  description: "WebGL, animation, resize",
  entry: "/main.ts",
  files: {
    "/main.ts": `import * as THREE from "three";

const renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true });
renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
document.body.style.margin = "0";
document.body.style.overflow = "hidden";
document.body.append(renderer.domElement);

const scene = new THREE.Scene();
const camera = new THREE.PerspectiveCamera(40, 1, 0.1, 100);
camera.position.z = 7;

const knot = new THREE.Mesh(
  new THREE.TorusKnotGeometry(1.25, 0.42, 220, 36),
  new THREE.MeshStandardMaterial({ color: 0xff6a2b, roughness: 0.35, metalness: 0.1 }),
);
scene.add(knot, new THREE.HemisphereLight(0xbfd0ff, 0x402010, 2.2));

const sun = new THREE.DirectionalLight(0xffffff, 3);
sun.position.set(3, 4, 5);
scene.add(sun);

function resize() {
  camera.aspect = innerWidth / innerHeight;
  camera.updateProjectionMatrix();
  renderer.setSize(innerWidth, innerHeight);
}
addEventListener("resize", resize);
resize();

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
renderer.setAnimationLoop((time) => {
  knot.rotation.set(still ? 0.4 : time / 3000, still ? 0.6 : time / 2000, 0);
  renderer.render(scene, camera);
});

console.info(\`three r\${THREE.REVISION}\`, { triangles: knot.geometry.index.count / 3 });
`,
  },
};
