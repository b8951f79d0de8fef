import type { BuiltinParts } from "./builtin-realm.ts";

/** `fs`: there is no file, so none exists. */
export const fileParts: BuiltinParts = (_, { require, unavailable }) => {
  const promises = require("fs/promises");
  const withNative = (name: string): object =>
    Object.assign(unavailable(name), { native: unavailable(`${name}.native`) });
  return {
    constants: promises["constants"],
    existsSync: () => false,
    promises,
    realpath: withNative("realpath"),
    realpathSync: withNative("realpathSync"),
  };
};

/** `fs/promises`: the constants that code reads while it loads. */
export const filePromiseParts: BuiltinParts = () => {
  const numbers =
    "F_OK 0 R_OK 4 W_OK 2 X_OK 1 COPYFILE_EXCL 1 COPYFILE_FICLONE 2 COPYFILE_FICLONE_FORCE 4 O_RDONLY 0 O_WRONLY 1 " +
    "O_RDWR 2 O_CREAT 64 O_EXCL 128 O_NOCTTY 256 O_TRUNC 512 O_APPEND 1024 O_NONBLOCK 2048 O_DSYNC 4096 O_DIRECT 16384 " +
    "O_DIRECTORY 65536 O_NOFOLLOW 131072 O_NOATIME 262144 O_SYNC 1052672 S_IFMT 61440 S_IFREG 32768 S_IFDIR 16384 " +
    "S_IFCHR 8192 S_IFBLK 24576 S_IFIFO 4096 S_IFLNK 40960 S_IFSOCK 49152 S_IRWXU 448 S_IRUSR 256 S_IWUSR 128 " +
    "S_IXUSR 64 S_IRWXG 56 S_IRGRP 32 S_IWGRP 16 S_IXGRP 8 S_IRWXO 7 S_IROTH 4 S_IWOTH 2 S_IXOTH 1";
  const constants = [...numbers.matchAll(/(\w+) (\d+)/g)].map(([, name, value]) => [name, Number(value)] as const);
  return { constants: Object.freeze(Object.fromEntries(constants)) };
};

/** `dns`, `readline`: their promise form. */
export const dnsParts: BuiltinParts = (_, { require }) => ({
  getDefaultResultOrder: () => "verbatim",
  promises: require("dns/promises"),
});

export const dnsPromiseParts: BuiltinParts = () => ({ getDefaultResultOrder: () => "verbatim" });

export const readlineParts: BuiltinParts = (_, { require }) => ({ promises: require("readline/promises") });

/** `cluster`: the one process there is. */
export const clusterParts: BuiltinParts = () => ({
  isMaster: true,
  isPrimary: true,
  isWorker: false,
  settings: {},
  workers: {},
});

export const domainParts: BuiltinParts = () => ({ active: null });

/** `http2`, `sqlite`: code takes names out of `constants` while it loads. */
export const constantsParts: BuiltinParts = () => ({ constants: {} });

/** `inspector`: not active. */
export const inspectorParts: BuiltinParts = (_, { global }) => ({ console: global.console, url: () => undefined });

/** `sea`: no program of the page is a single executable. */
export const executableParts: BuiltinParts = () => ({ isSea: () => false });

/** `tls`: what code reads while it loads. */
export const tlsParts: BuiltinParts = () => ({
  DEFAULT_MAX_VERSION: "TLSv1.3",
  DEFAULT_MIN_VERSION: "TLSv1.2",
  rootCertificates: Object.freeze([]),
});

/** `tty`: nothing is a terminal. */
export const terminalParts: BuiltinParts = () => ({ isatty: () => false });

/** `net`: what needs no network. */
export const addressParts: BuiltinParts = () => {
  const isIPv4 = (text: unknown): boolean =>
    /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(String(text));
  const isIPv6 = (text: unknown): boolean => {
    const [address = "", zone] = String(text).split("%", 2);
    const isText = /^[\da-f:.]+$/i.test(address) && (zone === undefined || /^[\w.:-]+$/.test(zone));
    return isText && URL.canParse(`http://[${address}]/`);
  };
  return { isIP: (text: unknown) => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0), isIPv4, isIPv6 };
};

/** `os`: what the package lacks. */
export const systemParts: BuiltinParts = (_, { global }) => ({
  availableParallelism: () =>
    (global["navigator"] as { hardwareConcurrency?: number } | undefined)?.hardwareConcurrency ?? 1,
  constants: Object.freeze({ UV_UDP_REUSEADDR: 4, dlopen: {}, errno: {}, priority: {}, signals: {} }),
  devNull: "/dev/null",
  machine: () => "",
  version: () => "",
});

/** `path/win32`: what is no function. */
export const windowsPathParts: BuiltinParts = () => ({ delimiter: ";", sep: "\\" });
