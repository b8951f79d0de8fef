import type { Example } from "./example.ts";

/** A .wasm file by its URL. The URL must be whole, so the page's own origin is written into the program. */
export function wasmFibonacci(origin: string): Example {
  return {
    id: "wasm-fibonacci",
    title: "WebAssembly by URL",
    description: "import { fibonacci } from a .wasm file",
    entry: "/main.ts",
    files: {
      "/main.ts": `// 80 bytes of WebAssembly. Its exports are imported like those of any other module.
import { fibonacci } from "${origin}/examples/fibonacci.wasm";

const numbers = Array.from({ length: 32 }, (_, n) => fibonacci(n));
console.log(numbers);

// A circle for every number, on a spiral, from orange to blue.
const golden = Math.PI * (3 - Math.sqrt(5));
document.body.innerHTML = \`
  <svg viewBox="-100 -100 200 200" style="width: 100%; height: 92vh">
    \${numbers.map((value, n) => {
      const distance = 16 * Math.sqrt(n);
      const x = distance * Math.cos(n * golden);
      const y = distance * Math.sin(n * golden);
      return \`<g transform="translate(\${x} \${y})">
        <circle r="\${7 + n / 10}" fill="color-mix(in oklch, #ff6a2b, #3454d1 \${n * 3.2}%)" />
        <text text-anchor="middle" dominant-baseline="central" fill="#fff" font-size="\${value < 10_000 ? 4.5 : 3}">\${value}</text>
        <title>fibonacci(\${n}) = \${value}</title>
      </g>\`;
    }).join("")}
  </svg>
\`;
`,
    },
  };
}
