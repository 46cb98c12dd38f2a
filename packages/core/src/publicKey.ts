const PEM = "openssl pkey -pubin -in FILE -outform DER | tail -c 32 | base64";

/** What is wrong with an ed25519 public key in the configuration's form, base64 of the raw 32 bytes; undefined when nothing is. */
export function publicKeyProblem(text: string): { reason: string; next?: string } | undefined {
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined;
  if (text.includes("BEGIN PUBLIC KEY") || /^MCowBQYDK2VwAyEA/.test(text)) {
    return { reason: "this is a key in PEM or DER, and only its last 32 bytes are wanted", next: `print them with: ${PEM}` };
  }
  return { reason: "this is not an ed25519 public key: base64 of 32 bytes has 44 characters, the last of them =" };
}
