import type { Example } from "./example.ts";

export const preactHtm: Example = {
  id: "preact-htm",
  title: "Preact + htm",
  description: "JSX-like templates with no compiler",
  entry: "/main.js",
  files: {
    "/main.js": `import { h, render } from "preact@10";
import { useEffect, useState } from "preact@10/hooks";
import htm from "htm@3";

const html = htm.bind(h);
const SIZE = 9;

function Lights() {
  const [lit, setLit] = useState(() => new Set([40]));
  const [time, setTime] = useState(0);

  useEffect(() => {
    const timer = setInterval(() => setTime((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, []);

  const press = (cell) => {
    const next = new Set(lit);
    const [x, y] = [cell % SIZE, Math.floor(cell / SIZE)];
    for (const [dx, dy] of [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]) {
      const [a, b] = [x + dx, y + dy];
      if (a < 0 || b < 0 || a >= SIZE || b >= SIZE) continue;
      const at = b * SIZE + a;
      next.has(at) ? next.delete(at) : next.add(at);
    }
    setLit(next);
  };

  return html\`
    <main style="display: grid; place-items: center; gap: 1.5rem; min-height: 92vh; align-content: center">
      <div style="display: grid; gap: 6px; grid-template-columns: repeat(\${SIZE}, 36px)">
        \${Array.from({ length: SIZE * SIZE }, (_, cell) => html\`
          <button
            key=\${cell}
            aria-label=\${\`Light \${cell}\`}
            aria-pressed=\${lit.has(cell)}
            onClick=\${() => press(cell)}
            style="width: 36px; height: 36px; border: 0; border-radius: 8px; cursor: pointer; transition: background .2s; background: \${lit.has(cell) ? "#ff6a2b" : "#8882"}"
          />
        \`)}
      </div>
      <p style="opacity: .6">\${lit.size} lit, \${time} s</p>
    </main>
  \`;
}

render(html\`<\${Lights} />\`, document.getElementById("root"));
`,
  },
};
