/** Scheme under which Node sees the native modules of images: `raya-realm://<realm>/<encoded URL>`. */
export const REALM_SCHEME = "raya-realm:";
