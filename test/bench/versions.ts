/** What is measured: exact versions, so that figures of different days can be compared. */
export const VERSIONS = {
  "@emotion/react": "11.14.0",
  "@emotion/styled": "11.14.1",
  "@mui/material": "9.5.0",
  d3: "7.9.2",
  "date-fns": "4.4.0",
  "lodash-es": "4.18.1",
  react: "19.3.1",
  "react-dom": "19.3.1",
  rxjs: "7.8.2",
  three: "0.187.0",
  typescript: "5.9.3",
  zod: "4.6.7",
} as const;

export type MeasuredPackage = keyof typeof VERSIONS;

/** The versions of some of them, as dependencies. */
export function versionsOf(...names: readonly MeasuredPackage[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, VERSIONS[name]]));
}
