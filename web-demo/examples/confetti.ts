import type { Example } from "./example.ts";

export const confetti: Example = {
  id: "confetti",
  title: "Confetti",
  description: "canvas-confetti, CommonJS made importable",
  entry: "/main.ts",
  files: {
    "/main.ts": `import confetti from "canvas-confetti@1";

const button = document.createElement("button");
button.textContent = "Again";
button.style.cssText =
  "position: fixed; inset: 0; margin: auto; width: 8rem; height: 3rem; border: 0; border-radius: 99px;" +
  "background: #ff6a2b; color: #fff; font: 600 1rem system-ui, sans-serif; cursor: pointer";
document.body.append(button);

const colors = ["#ff6a2b", "#f7b267", "#7f95d1", "#3454d1"];

function celebrate() {
  for (const [x, angle] of [[0, 60], [1, 120]]) {
    confetti({ particleCount: 90, spread: 65, startVelocity: 55, angle, colors, origin: { x, y: 0.8 } });
  }
}

button.addEventListener("click", celebrate);
celebrate();
`,
  },
};
