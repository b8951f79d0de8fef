/** An error of who typed a command, as the parser of arguments makes them. */
export function wrongArgument(message: string): Error {
  return Object.assign(new TypeError(message), { code: "ERR_PARSE_ARGS_VALUE" });
}
