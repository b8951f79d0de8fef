/** What is under an exact version, or has its digest in its address, never changes. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
