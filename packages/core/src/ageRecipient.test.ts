import { describe, expect, it, test } from "vitest";
import { ageRecipientProblem } from "./ageRecipient.js";

// From the age specification's own README.
const KNOWN = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

describe("an age public key", () => {
  it("is accepted", () => expect(ageRecipientProblem(KNOWN)).toBeUndefined());
  it("is refused with any one character changed, lost or doubled", () => {
    for (let index = 4; index < KNOWN.length; index += 1) {
      const [before, at, after] = [KNOWN.slice(0, index), KNOWN[index] ?? "", KNOWN.slice(index + 1)];
      for (const wrong of [`${before}${at === "q" ? "p" : "q"}${after}`, `${before}${after}`, `${before}${at}${at}${after}`]) {
        if (wrong !== KNOWN) expect(ageRecipientProblem(wrong), wrong).toBeDefined();
      }
    }
  });

  test.each([
    ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me@home", "SSH keys are not supported"],
    [`${KNOWN} `, "a space or a line break"],
    [KNOWN.toUpperCase(), "those begin with age1"],
    ["AGE-SECRET-KEY-1QQQQ", "those begin with age1"],
    ["age1yubikey1qwertyuiop", "the plugin age-plugin-yubikey"],
    ["age1", "its checksum is wrong"],
    ["", "those begin with age1"],
  ])("%s is refused", (text, reason) => expect(ageRecipientProblem(text)).toContain(reason));
});
