/** What is under an exact version never changes. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
