import { expect, it } from "vitest";
import { inParallel } from "./inParallel.js";

const nothing = () => undefined;

it("keeps the order of the items and the limit", async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel(
    [30, 1, 20, 2],
    2,
    async (milliseconds) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      running -= 1;
      return milliseconds;
    },
    nothing,
  );
  expect(results).toEqual([30, 1, 20, 2]);
  expect(most).toBe(2);
});

it("starts nothing after a failure, tells it at once and waits for what runs", async () => {
  const finished: number[] = [];
  const told: unknown[] = [];
  const run = inParallel(
    [20, 1, 5],
    2,
    async (milliseconds) => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      if (milliseconds === 1) throw new Error("broken");
      finished.push(milliseconds);
    },
    (error) => told.push((error as Error).message),
  );
  await expect(run).rejects.toThrow("broken");
  expect(finished).toEqual([20]);
  expect(told).toEqual(["broken"]);
});

it("does nothing with nothing", async () => expect(await inParallel([], 3, () => Promise.resolve(1), nothing)).toEqual([]));
