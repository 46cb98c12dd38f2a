import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { ExitCode } from "./exitCode.js";
import { formatRecoveryPointId, isRecoveryPointId, parseRecoveryPointId } from "./recoveryPointId.js";

describe("the id of a recovery point", () => {
  const id = "20261121T020000Z-4f9k2m1x";
  it("is a time and a run", () => {
    expect(formatRecoveryPointId({ slot: new Date("2026-11-21T02:00:00.999Z"), run: "4f9k2m1x" })).toBe(id);
    expect(parseRecoveryPointId(id)).toEqual({ slot: new Date("2026-11-21T02:00:00Z"), run: "4f9k2m1x" });
  });

  const slots = fc.date({ min: new Date("2000-01-01"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true });
  const runs = fc.string({ unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789"), minLength: 8, maxLength: 8 });
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(slots, runs, (slot, run) => {
        const text = formatRecoveryPointId({ slot, run });
        expect(formatRecoveryPointId(parseRecoveryPointId(text))).toBe(text);
      }),
    );
  });
  it("sorts by time", () => {
    fc.assert(
      fc.property(slots, slots, runs, runs, (a, b, runA, runB) => {
        fc.pre(Math.floor(a.getTime() / 1000) < Math.floor(b.getTime() / 1000));
        expect(formatRecoveryPointId({ slot: a, run: runA }) < formatRecoveryPointId({ slot: b, run: runB })).toBe(true);
      }),
    );
  });

  test.each([
    "",
    "latest",
    "20261121T020000Z",
    "20261321T020000Z-4f9k2m1x",
    "20260230T020000Z-4f9k2m1x",
    "20261121T250000Z-4f9k2m1x",
    `${id}/..`,
    id.toUpperCase(),
    ` ${id}`,
    `${id}\n`,
  ])("is not %j", (text) => {
    expect(isRecoveryPointId(text)).toBe(false);
    expect(() => parseRecoveryPointId(text)).toThrow(expect.objectContaining({ exitCode: ExitCode.Usage }));
  });
  it("wants eight characters for the run", () =>
    expect(() => formatRecoveryPointId({ slot: new Date(), run: "../../x" })).toThrow(RangeError));
});
