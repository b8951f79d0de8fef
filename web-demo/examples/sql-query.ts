import type { Example } from "./example.ts";

export const sqlQuery: Example = {
  id: "sql-query",
  title: "SQLite",
  description: "sql.js: WebAssembly out of a package",
  entry: "/main.ts",
  files: {
    "/main.ts": `import initSqlJs from "sql.js@1";

const SQL = await initSqlJs();
const db = new SQL.Database();

db.run("CREATE TABLE moons (name TEXT, planet TEXT, radius REAL)");
for (const moon of [
  ["Ganymede", "Jupiter", 2634.1],
  ["Titan", "Saturn", 2574.7],
  ["Callisto", "Jupiter", 2410.3],
  ["Io", "Jupiter", 1821.6],
  ["Moon", "Earth", 1737.4],
  ["Europa", "Jupiter", 1560.8],
  ["Triton", "Neptune", 1353.4],
  ["Titania", "Uranus", 788.4],
]) {
  db.run("INSERT INTO moons VALUES (?, ?, ?)", moon);
}

const [{ columns, values }] = db.exec(\`
  SELECT planet, count(*) AS moons, max(radius) AS largest
  FROM moons GROUP BY planet ORDER BY largest DESC
\`);
console.table(values.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value]))));

const cell = (tag: string) => (value: unknown) => \`<\${tag} style="text-align: left; padding: .5rem 2rem .5rem 0">\${value}</\${tag}>\`;
document.body.innerHTML = \`
  <h2>SQLite \${db.exec("SELECT sqlite_version()")[0].values[0][0]}</h2>
  <table style="border-collapse: collapse; font-variant-numeric: tabular-nums">
    <tr>\${columns.map(cell("th")).join("")}</tr>
    \${values.map((row) => \`<tr style="border-top: 1px solid #8884">\${row.map(cell("td")).join("")}</tr>\`).join("")}
  </table>
\`;
`,
  },
};
