import { InvalidArgumentError } from "commander";

const MOST_CHARACTERS = 500;

/** For commander: why somebody does something, in words that a record keeps. */
export function reason(text: string): string {
  const words = text.trim();
  if (words === "") throw new InvalidArgumentError("It is empty: say why, for whoever wonders later.");
  if (words.length > MOST_CHARACTERS) throw new InvalidArgumentError(`It is longer than ${MOST_CHARACTERS} characters.`);
  return words;
}
