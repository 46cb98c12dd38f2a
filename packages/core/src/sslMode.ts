/** libpq's sslmode values that pgkeep accepts. `allow` and `prefer` are not: they fall back to plain text without a word. */
export enum SslMode {
  Disable = "disable",
  Require = "require",
  VerifyCa = "verify-ca",
  VerifyFull = "verify-full",
}

/** What is wrong with an sslmode, undefined when nothing is. */
export function sslModeProblem(value: string): string | undefined {
  if (Object.values<string>(SslMode).includes(value)) return undefined;
  if (value === "prefer" || value === "allow") {
    return `${value} is refused: whoever can answer for the server can turn encryption off without a word. Write verify-full, or disable where that is meant`;
  }
  return "this is not an sslmode";
}
