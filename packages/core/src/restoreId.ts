/** What a restore that happens once may be called, for messages. It is a part of a key in the store. */
export const RESTORE_ID_FORM = "1 to 128 letters, digits, dots, underscores and hyphens, beginning with a letter or a digit";

/** What is wrong with the name of a restore, or nothing. */
export function restoreIdProblem(text: string): string | undefined {
  if (text === "") return "this is empty";
  if (text.length > 128) return "this is longer than 128 characters";
  return /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text) ? undefined : "no restore can be called so";
}
