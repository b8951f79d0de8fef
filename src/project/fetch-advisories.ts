import { LoaderError } from "../errors.ts";
import type { FetchContext } from "../fetch/fetch-bytes.ts";
import type { Advisory } from "./audit-lock.ts";

const ENDPOINT = "-/npm/v1/security/advisories/bulk";

type Advisories = Record<string, Advisory[]>;

/**
 * Asks a registry's bulk endpoint what is known of some versions (P16).
 * @param registry base URL; ends with `/`
 * @param versions by package
 * @throws LoaderError ERR_FETCH_FAILED, ERR_FETCH_STATUS, ERR_UNEXPECTED_TYPE for an answer in another form
 */
export async function fetchAdvisories(
  { host }: Pick<FetchContext, "host">,
  registry: string,
  versions: Readonly<Record<string, readonly string[]>>,
): Promise<Advisories> {
  const url = registry + ENDPOINT;
  let response: Response;
  try {
    const headers = { "content-type": "application/json", accept: "application/json" };
    response = await host.fetch(url, { method: "POST", headers, body: JSON.stringify(versions) });
  } catch (cause) {
    throw new LoaderError("ERR_FETCH_FAILED", `The registry's advisories could not be had`, { url }, cause);
  }
  const { status } = response;
  if (!response.ok) {
    throw new LoaderError("ERR_FETCH_STATUS", `The registry's advisories: status ${status}`, { url, status });
  }
  return readAdvisories(await readJson(response, url), url);
}

async function readJson(response: Response, url: string): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new LoaderError("ERR_UNEXPECTED_TYPE", "The registry's advisories are not JSON", { url }, cause);
  }
}

function readAdvisories(answer: unknown, url: string): Advisories {
  const invalid = (): LoaderError =>
    new LoaderError("ERR_UNEXPECTED_TYPE", "The registry's advisories are not in the form that npm's have", { url });
  if (!isRecord(answer)) throw invalid();
  const entries = Object.entries(answer).map(([name, list]): [string, Advisory[]] => {
    if (!Array.isArray(list)) throw invalid();
    return [name, list.map((one) => readAdvisory(one) ?? raise(invalid()))];
  });
  return Object.fromEntries(entries);
}

function readAdvisory(value: unknown): Advisory | undefined {
  if (!isRecord(value)) return undefined;
  const { id, title, severity, url, vulnerable_versions: vulnerable } = value;
  if ((typeof id !== "number" && typeof id !== "string") || typeof vulnerable !== "string") return undefined;
  return {
    id,
    title: typeof title === "string" ? title : String(id),
    severity: typeof severity === "string" ? severity : "unknown",
    ...(typeof url === "string" && { url }),
    vulnerable,
  };
}

function raise(error: LoaderError): never {
  throw error;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
