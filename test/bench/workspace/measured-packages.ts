import { VERSIONS } from "../versions.ts";
import { BENCH_FOLDER } from "./folder.ts";
import { installPackages } from "./install-packages.ts";

/** Installs everything that is measured, once, and gives the folder. */
export function measuredPackages(): string {
  const folder = `${BENCH_FOLDER}packages`;
  installPackages(VERSIONS, folder);
  return folder;
}
