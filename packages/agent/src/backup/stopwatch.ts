/** Milliseconds per phase of a run, whole, in the order in which the phases ended. */
export interface Stopwatch {
  laps: Record<string, number>;
  /** The phase of this name ends now. */
  lap(name: string): void;
}

export function stopwatch(): Stopwatch {
  const laps: Record<string, number> = {};
  let last = performance.now();
  return {
    laps,
    lap(name) {
      const now = performance.now();
      laps[name] = Math.round(now - last);
      last = now;
    },
  };
}
