import { LoaderError } from "../../errors.ts";

/**
 * Does something with an R2 bucket.
 * @throws LoaderError ERR_STORE_UNAVAILABLE
 */
export async function callR2<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoaderError("ERR_STORE_UNAVAILABLE", `R2 cannot be used: ${reason}`, {}, cause);
  }
}
