import { afterEach, expect, it, vi } from "vitest";
import { machineClock } from "./ScheduleClock.js";

afterEach(() => vi.useRealTimers());

it("stops waiting when the clock is put back, since the moment may then be years away", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2036-01-01T00:00:00Z") });
  const moment = new Date("2036-01-01T00:00:00.050Z");
  const waiting = machineClock.waitUntil(moment, AbortSignal.timeout(4000));
  vi.setSystemTime(new Date("2026-01-01T00:00:00Z"));
  await expect(waiting).resolves.toBeUndefined();
});
