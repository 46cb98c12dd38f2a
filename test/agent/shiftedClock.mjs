// For `node --import`: shows the agent a clock that is PGKEEP_TEST_CLOCK_SHIFT milliseconds ahead. It moves Date and nothing else, which is every
// clock that pgkeep reads; timers, files and the other programs keep the machine's own.
const shift = Number(process.env.PGKEEP_TEST_CLOCK_SHIFT);

globalThis.Date = new Proxy(Date, {
  construct: (real, words, newTarget) => Reflect.construct(real, words.length === 0 ? [real.now() + shift] : words, newTarget),
  get: (real, name, receiver) => (name === "now" ? () => real.now() + shift : Reflect.get(real, name, receiver)),
});
