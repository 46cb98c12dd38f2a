import { ExitCode } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { interruption } from "./interruption.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("aborts at the deadline, and says what that means", () => {
  const { signal, dispose } = interruption("nothing was committed", 90_000);
  vi.advanceTimersByTime(89_999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({
    exitCode: ExitCode.TryAgain,
    problems: [{ where: "--deadline 90s", reason: "it took longer than that and was ended: nothing was committed" }],
  });
  dispose();
});

it("ends what does not end in order within a minute, and what has ended not at all", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  const ended = interruption("nothing was committed", 1000);
  ended.dispose();
  vi.advanceTimersByTime(100_000);
  expect(ended.signal.aborted).toBe(false);
  expect(exit).not.toHaveBeenCalled();

  const hanging = interruption("nothing was committed", 1000);
  vi.advanceTimersByTime(60_999);
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(exit).toHaveBeenCalledExactlyOnceWith(ExitCode.TryAgain);
  hanging.dispose();
});

it("knows no deadline where none is given", () => {
  const { signal, dispose } = interruption("nothing was committed");
  vi.advanceTimersByTime(2 ** 31);
  expect(signal.aborted).toBe(false);
  dispose();
});
