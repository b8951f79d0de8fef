import type { Example } from "./example.ts";

export const reactCounter: Example = {
  id: "react-counter",
  title: "React counter",
  description: "TSX, hooks, react-dom/client",
  entry: "/main.tsx",
  files: {
    "/main.tsx": `import { useState } from "react@19";
import { createRoot } from "react-dom@19/client";
import "./counter.css";

function Counter({ start }: { start: number }) {
  const [count, setCount] = useState(start);
  return (
    <main>
      <output>{count}</output>
      <div>
        <button onClick={() => setCount(count - 1)} aria-label="One less">−</button>
        <button onClick={() => setCount(count + 1)} aria-label="One more">+</button>
      </div>
      <p>React is running here, and nowhere was anything installed.</p>
    </main>
  );
}

createRoot(document.getElementById("root")!).render(<Counter start={0} />);
console.log("rendered");
`,
    "/counter.css": `main {
  display: grid;
  gap: 1.5rem;
  justify-items: center;
  align-content: center;
  min-height: 90vh;
}

output {
  font-size: 7rem;
  font-weight: 600;
  line-height: 1;
  letter-spacing: -0.05em;
  font-variant-numeric: tabular-nums;
}

button {
  width: 3.5rem;
  height: 3.5rem;
  margin: 0 0.25rem;
  border: 1px solid color-mix(in srgb, currentColor 25%, transparent);
  border-radius: 50%;
  background: none;
  color: inherit;
  font-size: 1.5rem;
  cursor: pointer;
}

button:hover {
  background: color-mix(in srgb, currentColor 8%, transparent);
}

p {
  opacity: 0.6;
}
`,
  },
};
