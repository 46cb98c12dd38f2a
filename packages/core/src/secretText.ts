/**
 * Texts that are or hold a secret: age identities, private keys in PEM, a password between `//` and `@` of an address, an Azure connection string
 * or the signature of a shared access.
 */
const SECRET =
  /AGE-SECRET-KEY-|-----BEGIN [A-Z ]*PRIVATE KEY-----|:\/\/[^/@\s]*:[^@\s]+@|\bpassword=|\bAccountKey=|\bSharedAccessSignature=|[?&]sig=/i;

/** Whether a text must not be shown: it is or holds a secret that somebody put where it does not belong. */
export function holdsSecret(text: string): boolean {
  return SECRET.test(text);
}

/** Whether a text is key material by itself. */
export function isPrivateKey(text: string): boolean {
  return /AGE-SECRET-KEY-|-----BEGIN [A-Z ]*PRIVATE KEY-----/i.test(text);
}

/** A received value as an error may show it: as JSON on one line, cut, and never a secret. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  if (holdsSecret(text)) return "(not shown: it holds a secret)";
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
