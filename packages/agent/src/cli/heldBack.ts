import type { Reporter } from "../reporter.js";

/** A reporter whose lines wait: `tell` passes them on. For work whose result says the same better, unless it fails. */
export function heldBack(reporter: Reporter): { reporter: Reporter; tell(): void } {
  const lines: (() => void)[] = [];
  return {
    reporter: {
      info: (message, fields) => lines.push(() => reporter.info(message, fields)),
      warning: (message, fields) => lines.push(() => reporter.warning(message, fields)),
      progress: (work, done, total, unit) => reporter.progress(work, done, total, unit),
    },
    tell: () => {
      for (const line of lines.splice(0)) line();
    },
  };
}
