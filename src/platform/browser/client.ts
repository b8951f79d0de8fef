/**
 * What runs images that were linked before, and nothing else: a page that starts from one need not download the loader until
 * its program asks for more.
 */
export { type FetchedImage, fetchImage, type ImageOptions } from "./fetch-image.ts";
export { type PageOptions, runInPage } from "./run-in-page.ts";
export {
  type ConsoleEntry,
  type ConsoleValue,
  type FrameOptions,
  type RuntimeError,
  runInFrame,
} from "./sandbox-frame.ts";
export { isLoaderError, LoaderError } from "../../errors.ts";
