import type { BenchProgram } from "./program.ts";
import { versionsOf } from "./versions.ts";

/** What is linked, started and weighed: whole packages, programs, and picks of a few names. */
export const PROGRAMS: readonly BenchProgram[] = [
  {
    name: "lodash-es",
    dependencies: versionsOf("lodash-es"),
    source: (from) => `export * from "${from("lodash-es")}";`,
  },
  {
    name: "three (src)",
    dependencies: versionsOf("three"),
    source: (from) => `export * from "${from("three", "/src/Three.js")}";`,
  },
  {
    name: "react-dom",
    dependencies: versionsOf("react", "react-dom"),
    source: (from) => `
      import { createElement, useState } from "${from("react")}";
      import { createRoot } from "${from("react-dom", "/client")}";
      import { flushSync } from "${from("react-dom")}";
      function Counter() {
        const [count] = useState(3);
        return createElement("ul", null, ...Array.from({ length: count }, (_, key) => createElement("li", { key }, key)));
      }
      const root = createRoot(document.body.appendChild(document.createElement("div")));
      flushSync(() => root.render(createElement(Counter)));
      if (document.querySelectorAll("li").length !== 3) throw new Error("react rendered something else");
    `,
  },
  {
    name: "d3",
    dependencies: versionsOf("d3"),
    source: (from) => `export * from "${from("d3")}";`,
  },
  {
    name: "MUI page",
    dependencies: versionsOf("@emotion/react", "@emotion/styled", "@mui/material", "react", "react-dom"),
    source: (from) => `
      import { createElement as h } from "${from("react")}";
      import { createRoot } from "${from("react-dom", "/client")}";
      import { flushSync } from "${from("react-dom")}";
      import { Alert, Button, Card, Checkbox, Chip, Stack, TextField, Typography } from "${from("@mui/material")}";
      const page = h(Card, null, h(Stack, null,
        h(Typography, { variant: "h5" }, "A page"), h(Alert, { severity: "info" }, "Something happened"),
        h(TextField, { label: "Name" }), h(Checkbox), h(Chip, { label: "a chip" }), h(Button, null, "Send")));
      const root = createRoot(document.body.appendChild(document.createElement("div")));
      flushSync(() => root.render(page));
      if (document.querySelector("button").textContent !== "Send") throw new Error("MUI rendered something else");
    `,
  },
  {
    name: "pick of lodash-es",
    dependencies: versionsOf("lodash-es"),
    source: (from) => `export { debounce, groupBy } from "${from("lodash-es")}";`,
  },
  {
    name: "pick of three",
    dependencies: versionsOf("three"),
    source: (from) => `export { Matrix4, Vector3 } from "${from("three", "/src/Three.js")}";`,
  },
  {
    name: "pick of zod",
    dependencies: versionsOf("zod"),
    source: (from) => `
      import { z } from "${from("zod")}";
      export const person = z.object({ name: z.string(), age: z.number() });
      person.parse({ name: "Ada", age: 36 });
    `,
  },
];
