import { describe, expect, it } from "vitest";
import { newIdentity } from "../init/newKeys.js";
import { tryEncryption } from "./tryEncryption.js";

const identityOf = (text: string) => /^AGE-SECRET-KEY-\S+$/m.exec(text)?.[0] ?? "";

describe("keys, tried with a sample", () => {
  it("counts the identities that open what is encrypted to the recipients, each alone", async () => {
    const [daily, escrow, other] = await Promise.all([0, 1, 2].map(() => newIdentity(new Date())));
    const recipients = [daily?.recipient ?? "", escrow?.recipient ?? ""];
    const [first, second, third] = [daily, escrow, other].map((key) => identityOf(key?.text ?? ""));
    expect(await tryEncryption(recipients, [first ?? ""])).toBe(1);
    expect(await tryEncryption(recipients, [third ?? "", second ?? ""])).toBe(1);
    expect(await tryEncryption(recipients, [third ?? ""])).toBe(0);
    expect(await tryEncryption(recipients, [])).toBe(0);
  });
});
