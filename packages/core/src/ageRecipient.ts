const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Kinds of public keys that need no plugin program to encrypt to: X25519, post-quantum hybrid, and those of hardware tokens. */
const KINDS = ["age", "age1pq", "age1tag", "age1tagpq"];

/** Length of the key in an `age1…` of the first kind: 52 characters of 5 bits hold 32 bytes, 6 more are the checksum. */
const X25519_LENGTH = "age1".length + 52 + 6;

/**
 * What is wrong with an age public key, undefined when nothing is. Its checksum finds a lost or mistyped character here, in a review,
 * instead of at night in the first backup. https://github.com/C2SP/C2SP/blob/main/age.md
 */
export function ageRecipientProblem(text: string): string | undefined {
  if (/^ssh-/.test(text)) return "SSH keys are not supported: make an age key with `age-keygen`";
  if (/\s/.test(text)) return "there is a space or a line break in it: name one key per entry";
  if (!text.startsWith("age1")) return "this is not an age public key: those begin with age1";
  const separator = text.lastIndexOf("1");
  const kind = text.slice(0, separator);
  if (kind.startsWith("age1") && !KINDS.includes(kind)) {
    return `this key belongs to the plugin age-plugin-${kind.slice(4)}, which the agent does not have`;
  }
  if (!KINDS.includes(kind) || !checksumFits(kind, text.slice(separator + 1))) {
    return "its checksum is wrong: a character was lost, added or mistyped";
  }
  if (kind === "age" && text.length !== X25519_LENGTH) return `it has ${text.length} characters instead of ${X25519_LENGTH}`;
  return undefined;
}

/** The checksum of Bech32: https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki */
function checksumFits(prefix: string, data: string): boolean {
  const values = [...data].map((character) => ALPHABET.indexOf(character));
  if (values.length < 6 || values.includes(-1)) return false;
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  const all = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...values];
  const remainder = all.reduce((sum, value) => {
    const top = sum >>> 25;
    return GENERATOR.reduce((mixed, term, bit) => ((top >>> bit) & 1 ? mixed ^ term : mixed), ((sum & 0x1ffffff) << 5) ^ value);
  }, 1);
  return remainder === 1;
}
