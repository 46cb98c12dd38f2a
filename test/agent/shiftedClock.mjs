// For `node --import`: shows the agent a clock that is PGKEEP_TEST_CLOCK_SHIFT milliseconds ahead. It moves Date and nothing else, which is every
// clock that pgkeep reads; timers, files and the other programs keep the machine's own.
const shift = Number(process.env.PGKEEP_TEST_CLOCK_SHIFT);
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...args) {
    super(...(args.length === 0 ? [Real.now() + shift] : args));
  }
  static now() {
    return Real.now() + shift;
  }
};
