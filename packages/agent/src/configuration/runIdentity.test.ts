import { ExitCode, formatRecoveryPointId, isRecoveryPointId } from "@pgkeep/core";
import { describe, expect, it, test } from "vitest";
import { runIdentity } from "./runIdentity.js";

describe("the identity of a run", () => {
  const job = { PGKEEP_RUN_ID: "0b1f7f3e-7a55-4c0b-9f0e-2f0d3c1b5a77", PGKEEP_SLOT: "2026-11-21T02:00:00Z" };
  it("is the same for each attempt at one run, and the attempt is not", () => {
    const [first, second] = [runIdentity(job), runIdentity(job)];
    expect(formatRecoveryPointId(second)).toBe(formatRecoveryPointId(first));
    expect(second.attempt).not.toBe(first.attempt);
  });
  it("is another for another run of the same slot", () => {
    expect(runIdentity({ ...job, PGKEEP_RUN_ID: "another" }).run).not.toBe(runIdentity(job).run);
  });
  it("is of now and of chance when nothing is given", () => {
    const now = new Date("2026-11-21T03:04:05.678Z");
    const identities = Array.from({ length: 1000 }, () => runIdentity({}, now));
    expect(new Set(identities.map(({ run }) => run)).size).toBe(1000);
    for (const identity of identities.slice(0, 50)) {
      expect(isRecoveryPointId(formatRecoveryPointId(identity))).toBe(true);
      expect(identity.slot).toBe(now);
    }
  });
  it("takes a slot by itself, with any offset", () => {
    expect(runIdentity({ PGKEEP_SLOT: "2026-11-21T03:00:00+01:00" }).slot).toEqual(new Date(job.PGKEEP_SLOT));
  });

  describe("in a Job of Kubernetes", () => {
    const [uid, minutes] = [{ PGKEEP_RUN_ID: job.PGKEEP_RUN_ID }, Date.parse(job.PGKEEP_SLOT) / 60_000];
    const now = new Date("2026-11-21T02:00:09Z");
    it("has the slot that the CronJob's controller wrote into the Job's name", () => {
      const identity = runIdentity({ ...uid, PGKEEP_JOB_NAME: `shop-nightly-${minutes}` }, now);
      expect(identity.slot).toEqual(new Date(job.PGKEEP_SLOT));
      expect(identity).not.toHaveProperty("slotIsBeginning");
    });
    it("goes by the slot that is given, before the one in the name", () => {
      expect(runIdentity({ ...job, PGKEEP_JOB_NAME: `shop-nightly-${minutes + 60}` }, now).slot).toEqual(new Date(job.PGKEEP_SLOT));
    });
    it.each([
      "by-hand",
      "before-upgrade-20261121", // a date
      "before-upgrade-20991231",
      "before-upgrade-1795226409", // seconds
      "shop-nightly-2654064",
      `${minutes}`,
      `shop-nightly-${minutes}-again`,
    ])("that somebody named %s, it has the time it began, and says that this is not its slot", (name) => {
      expect(runIdentity({ ...uid, PGKEEP_JOB_NAME: name }, now)).toMatchObject({ slot: now, slotIsBeginning: true });
    });
  });

  test.each([
    [{ PGKEEP_RUN_ID: "x" }, "PGKEEP_SLOT: PGKEEP_RUN_ID is set and this is not"],
    [{ PGKEEP_SLOT: "tonight" }, "this is not a time"],
    [{ PGKEEP_SLOT: "2026-11-21" }, "this is not a time"],
    [{ PGKEEP_SLOT: "2026-11-21T02:00:00" }, "this is not a time"], // without a zone
    [{ PGKEEP_SLOT: "2026-02-30T02:00:00Z" }, "this is not a time"],
  ])("is refused with %j", (environment, reason) => {
    expect(() => runIdentity(environment)).toThrow(
      expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining(reason) }),
    );
  });
});
