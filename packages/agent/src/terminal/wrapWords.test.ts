import { expect, it } from "vitest";
import { wrapWords } from "./wrapWords.js";

it.each([
  ["one two three", 9, ["one two", "three"]],
  ["one two three", 100, ["one two three"]],
  ["  indented words", 10, ["  indented", "  words"]],
  ["a/very/long/path/to/something else", 10, ["a/very/long/path/to/something", "else"]],
  ["花子 花子", 5, ["花子", "花子"]],
  ["", 10, [""]],
])("%j in %i columns", (line, width, expected) => expect(wrapWords(line, width)).toEqual(expected));
