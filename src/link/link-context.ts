import type { PackageArtifact } from "../artifact/package-artifact.ts";
import type { ErrorDetails } from "../errors.ts";
import type { Lock } from "../lock/lock.ts";
import type { ImportKind } from "../resolve/entry-rules.ts";
import type { ImportMap } from "../resolve/import-map.ts";
import type { KnownMode } from "../resolve/import-mode.ts";
import type { LanguageRules } from "../resolve/language-entry.ts";
import type { ModuleTree } from "../resolve/module-tree.ts";
import type { PeerRequest, PolyfillRequest } from "../resolve/package-request.ts";
import type { PlugIns } from "../resolve/resolvers/plug-ins.ts";
import type { GraphModule } from "./module-graph.ts";
import type { NativeModules } from "./native-modules.ts";
import type { PartialLink } from "./partial/partial-link.ts";
import type { OwnModules } from "./own-modules.ts";

/** A module that was fetched by URL. */
export interface UrlSource {
  /** After redirects. */
  readonly url: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** How a module by URL is asked for. */
export interface WantedUrl {
  /** SRI that the specifier asks for. */
  readonly integrity?: string | undefined;
  /** Its key in the lockfile. Default: the URL. */
  readonly lockedAs?: string;
  /** Default: `static`. */
  readonly mode?: KnownMode;
}

/** Where modules come from. Everything it gives has been verified. */
export interface ModuleSources {
  /** Absolute path → text. */
  readonly files: ReadonlyMap<string, string>;
  lockfile(): Lock;
  artifact(key: string, referrer: string): Promise<PackageArtifact>;
  /** The same where it has been loaded. */
  artifactNow(key: string): PackageArtifact | undefined;
  url(url: string, referrer: string, wanted?: WantedUrl): Promise<UrlSource>;
  /** What an earlier load has kept of the packages' modules. */
  partial(): PartialLink | undefined;
  /** Adds packages to the lockfile that others turn out to need. */
  lockPeers(peers: readonly PeerRequest[]): Promise<void>;
  /** Adds packages to the lockfile that stand in for modules of Node. */
  lockPolyfills(polyfills: readonly PolyfillRequest[]): Promise<void>;
}

/** The rest that resolution depends on. */
export interface LinkContext {
  readonly sources: ModuleSources;
  /** What was compiled on the way: its files are come by more than once. */
  readonly ownModules: OwnModules;
  /** The project's files with its workspaces and `node_modules`. */
  readonly tree: ModuleTree;
  readonly importMap: ImportMap | undefined;
  readonly plugIns: PlugIns;
  readonly nativeModules: NativeModules;
  /** Modes of imports that state none, by the beginning of their specifiers. */
  readonly importModes: Readonly<Record<string, string>>;
  /** A language whose packages name their entries in a field of their own. */
  readonly language: LanguageRules | undefined;
  /** Prefix of module URLs, ends with `/`. */
  readonly base: string;
  /** `production` or `development`. */
  readonly mode: string;
  /** Conditions of `exports` and `imports` that hold beside those of browsers. */
  readonly conditions: Iterable<string>;
  /** Names of the modules of Node that the realm has itself. */
  readonly nativeBuiltins: ReadonlySet<string>;
}

/** What is asked for, and by whom. */
export interface ResolveRequest {
  readonly specifier: string;
  readonly kind: ImportKind;
  /** What its `mode` attribute says. */
  readonly mode?: string | undefined;
  readonly referrer: Pick<GraphModule, "url" | "owner" | "path">;
  readonly details: ErrorDetails;
}
