import type { Example } from "./example.ts";

/** Where a visitor starts from nothing. */
export const blank: Example = {
  id: "blank",
  title: "Empty program",
  description: "start from nothing",
  entry: "/main.tsx",
  files: { "/main.tsx": `// Import any package from npm, with or without a version:\n// import ms from "ms@2";\n\n` },
};
