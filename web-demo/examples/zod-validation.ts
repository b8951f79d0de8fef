import type { Example } from "./example.ts";

export const zodValidation: Example = {
  id: "zod-validation",
  title: "Zod, by range",
  description: "zod@^4 inline, structured console output",
  entry: "/main.ts",
  files: {
    "/main.ts": `// A range after the @ says which versions will do. The lockfile then keeps the one that was chosen.
import { z } from "zod@^4";

const Release = z.object({
  name: z.string().min(1),
  version: z.string().regex(/^\\d+\\.\\d+\\.\\d+$/, "must look like 1.2.3"),
  size: z.number().int().positive(),
  tags: z.array(z.enum(["latest", "next"])).default([]),
});

const good = Release.parse({ name: "raya", version: "0.1.0", size: 48_213, tags: ["latest"] });
console.info("valid", good);

const bad = Release.safeParse({ name: "", version: "one", size: -4, tags: ["soon"] });
for (const issue of bad.error?.issues ?? []) console.warn(issue.path.join("."), issue.message);

document.body.innerHTML = \`
  <h2>\${good.name} \${good.version} is valid</h2>
  <p>The other one has <b>\${bad.error?.issues.length ?? 0} problems</b>:</p>
  <pre>\${z.prettifyError(bad.error!)}</pre>
\`;
`,
  },
};
