export { createLimits, DEFAULT_LIMITS, type Limits } from "./limits.ts";
export {
  ERRORS,
  type ErrorCode,
  type ErrorDetails,
  type ErrorJson,
  formatError,
  isLoaderError,
  LoaderError,
  type Stage,
} from "./errors.ts";
export type { LoaderEvent, LoaderEventKind, Source } from "./events.ts";
export type { RegistryTexts } from "./fetch/registries/read-registries.ts";
export type { Host } from "./host.ts";
export {
  createLoader,
  type Loader,
  type LoaderOptions,
  type LoadOptions,
  type PackageReport,
  type Program,
  type Project,
} from "./loader.ts";
export {
  createProjectView,
  type Explanation,
  type ImportedBinding,
  type ProjectView,
  type ViewedProject,
} from "./explain/project-view.ts";
export type { ExplainedTarget, ExplainRule, ExplainStep } from "./explain/explain-request.ts";
export type { EditorProblem, ProblemSeverity } from "./explain/find-problems.ts";
export type { RequestChain, WhyReport } from "./explain/request-chains.ts";
export type { NativeModule } from "./link/native-modules.ts";
export type { SourceEdit, SourceFix, SourcePlace, SourceProblem } from "./link/source-problem.ts";
export type { ImportMode } from "./resolve/import-mode.ts";
export { githubResolver } from "./resolve/resolvers/github-resolver.ts";
export { httpResolver } from "./resolve/resolvers/http-resolver.ts";
export { type IndexRegistry, indexResolver } from "./resolve/resolvers/index-resolver.ts";
export { localResolver } from "./resolve/resolvers/local-resolver.ts";
export { projectPathResolver } from "./resolve/resolvers/project-path-resolver.ts";
export type { Resolver, ResolverPorts } from "./resolve/resolvers/resolver.ts";
export type { PackageTypes } from "./artifact/package-types.ts";
export { createImageFile, type ImageFile } from "./load/image-file.ts";
export type { Asset, Image, ImageModule, ImagePart, Realm, RealmServices } from "./run/image.ts";
export { type BuildSettings, readBuildSettings } from "./load/build-settings.ts";
export { type CacheSettings, readCacheSettings } from "./load/cache/cache-settings.ts";
export { type CachedThing, type CacheReport, CacheVerbs } from "./load/cache/cache-verbs.ts";
export type { MadeRoom } from "./load/cache/make-room.ts";
export type { ByteStore, ListedRecord, RecordStore, StoreEstimate, StoreRecord } from "./store/byte-store.ts";
export { createMemoryByteStore, createMemoryRecordStore } from "./store/memory-store.ts";
export type { Lock } from "./lock/lock.ts";
export type { Advisory, AskAdvisories, AuditFinding } from "./project/audit-lock.ts";
export { type PackageReason, printChain, type Step } from "./project/explain-package.ts";
export { type DocsSettings, packageDocs } from "./project/package-docs.ts";
export { type PackageInfo, packageInfo } from "./project/package-info.ts";
export type { OutdatedDependency } from "./project/find-outdated.ts";
export type { InitOptions } from "./project/initial-manifest.ts";
export type { ListedWorkspace } from "./project/list-workspaces.ts";
export { listCommands, type PackageCommand } from "./project/list-commands.ts";
export type { ListedDependency } from "./project/list-dependencies.ts";
export {
  createMemoryProjectFiles,
  type MemoryProjectFiles,
  type ProjectFile,
  type ProjectFiles,
} from "./project/project-files.ts";
export { ProjectVerbs } from "./project/project-verbs.ts";
export { createProjectRegistry } from "./project/project-registry.ts";
export type {
  AddOptions,
  EditOptions,
  ProjectChange,
  ProjectEnvironment,
  ProjectRegistry,
  RegistrySettings,
  VerbOptions,
} from "./project/verb-options.ts";
export { type BuildOptions, type BuiltPackage, buildPackage } from "./publish/build-package.ts";
export type { LogInOptions } from "./publish/log-in.ts";
export { nextVersion, type VersionBump, type VersionChange } from "./publish/next-version.ts";
export {
  type ProjectPublication,
  publishProject,
  type PublishedProject,
  type PublishOptions,
} from "./publish/publish-project.ts";
export type { FoundPackage, FoundPackages, PublishedVersion } from "./publish/registry-answers.ts";
export {
  createRegistryClient,
  type RegistryClient,
  type SearchOptions,
  type UploadOptions,
} from "./publish/registry-client.ts";
export { createSigningKey, type SigningKey } from "./verify/signature.ts";
export type { WantedOptions } from "./project/wanted-packages.ts";
