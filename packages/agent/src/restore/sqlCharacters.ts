/** Bytes that mean something to an SQL lexer. */
export const [TAB, LF, CR, SPACE] = [9, 10, 13, 32];
export const [DOUBLE_QUOTE, DOLLAR, QUOTE, OPEN, CLOSE, STAR, DASH, DOT, SLASH, SEMICOLON, BACKSLASH] = [
  34, 36, 39, 40, 41, 42, 45, 46, 47, 59, 92,
];

export function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CR);
}

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Letters, digits, underscore, dollar sign and whatever is not ASCII, as in psql's `ident_cont`. */
export function isWordByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || isDigit(byte) || byte === 95 || byte === DOLLAR || byte >= 128;
}

/** Whether a dollar sign behind this word is part of it. Behind a number it begins a quote or a parameter. */
export function takesDollar(word: string): boolean {
  return word !== "" && !isDigit(word.charCodeAt(0));
}

/** A number that runs into a name, such as `1a`, which versions of PostgreSQL read differently and no valid script holds. */
export function isJunk(word: string): boolean {
  return /^\d/.test(word) && /\D/.test(word);
}

/** Whether these are the first words of what may hold BEGIN ATOMIC. psql looks no further than this either. */
export function createsRoutine([first, second, third, fourth]: readonly string[]): boolean {
  const kind = second === "or" && third === "replace" ? fourth : second;
  return first === "create" && (kind === "function" || kind === "procedure");
}
