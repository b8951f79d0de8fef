import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProcess } from "../solve/run-process.ts";

/** A certificate that signs itself, PEM. */
export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** One that only this run knows. @param host whose it says it is */
export async function createCertificate(host: string): Promise<Certificate> {
  const folder = mkdtempSync(join(tmpdir(), "raya-certificate-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2"];
  const owner = ["-subj", `/CN=${host}`, ...(/[a-z]/.test(host) ? ["-addext", `subjectAltName=DNS:${host}`] : [])];
  await runProcess({
    command: "openssl",
    args: ["req", "-x509", "-nodes", ...kind, ...owner, "-keyout", key, "-out", cert],
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "" },
  });
  const read = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return read;
}
