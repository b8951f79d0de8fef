/** The text of a file of vectors, by Vite. */
declare module "*.jsonl?raw" {
  const text: string;
  export default text;
}
