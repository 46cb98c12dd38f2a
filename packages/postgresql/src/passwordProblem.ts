import { environmentValueProblem } from "./environmentLines.js";

/**
 * What is wrong with a password, undefined when nothing is. Beyond what the server refuses, these are passwords that would arrive there as
 * others: terraform-provider-postgresql doubles backslashes in a literal that has no E before it (pqQuoteLiteral in helpers.go), reads
 * `null` as no password at all (resource_postgresql_role.go), and the server takes a verifier for what it is.
 */
export function passwordProblem(password: string): string | undefined {
  if (password === "") return "this is empty, and such a login could never connect";
  if (password.includes("\0")) return "this holds a NUL, which PostgreSQL cannot store";
  if (/[\r\n]/.test(password)) return "this holds a line break, which no line of a .env file can hold";
  if (password.includes("\\")) return "this holds a backslash, which the provider would double, so that nobody could log in with it";
  if (/^null$/i.test(password)) return "the provider reads this word as: no password";
  if (/^md5[0-9a-f]{32}$/.test(password) || /^SCRAM-SHA-256\$/.test(password)) {
    return "this is a verifier and not a password: the connections given out would hold it and be refused";
  }
  return environmentValueProblem(password);
}
