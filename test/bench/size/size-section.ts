import type { Section } from "../section.ts";
import { PROGRAMS } from "../programs.ts";
import { Samples } from "../report/samples.ts";
import { measuredPackages } from "../workspace/measured-packages.ts";
import { assertSameVersions } from "../workspace/assert-same-versions.ts";
import { storeProgram } from "../workspace/stored-program.ts";
import { measureArtifacts } from "./artifact-sizes.ts";
import { measureImage, reportImages } from "./image-sizes.ts";

/** Bytes: images beside bundles, artifacts beside archives. */
export const section: Section = {
  name: "size",
  what: "images beside esbuild's bundles, artifacts beside the archives they are made of",
  async measure(log) {
    const folder = measuredPackages();
    const samples = new Samples();
    for (const program of PROGRAMS) {
      log(`${program.name} …`);
      const stored = await storeProgram(program);
      await assertSameVersions(program, stored, folder);
      await measureImage(program, stored, folder, samples);
    }
    const artifacts = await measureArtifacts(samples, log);
    return { tables: [reportImages(samples), artifacts], series: samples.series };
  },
};
