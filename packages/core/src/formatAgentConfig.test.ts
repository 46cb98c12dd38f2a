import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAgentConfig } from "./formatAgentConfig.js";
import { parseAgentConfig } from "./parseAgentConfig.js";

test("what is written is read back as the same", () => {
  const duration = fc
    .tuple(fc.integer({ min: 1, max: 1000 }), fc.constantFrom("s", "m", "ms"))
    .map(([count, unit]) => (unit === "ms" ? `${count}ms` : `${count}${unit}`));
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const input = fc.record(
    {
      version: fc.constant(1),
      cluster: fc.constantFrom("a", "syntho"),
      databases: fc.uniqueArray(fc.constantFrom("a", "b", "c d"), { minLength: 1 }),
      store: fc.constantFrom({ url: "file:///x" }, { url: "s3://bucket/x", region: "eu", forcePathStyle: true }),
      snapshot: fc.record({ timeout: duration, fallback: fc.constantFrom("fail", "lock") }, { requiredKeys: [] }),
      drill: fc.record(
        { connection: fc.record({ host: fc.constant("h"), retryFor: duration }), workFolder: fc.constant("/w") },
        { requiredKeys: [] },
      ),
      signing: optional(fc.constant({})),
    },
    { requiredKeys: ["version", "cluster", "databases", "store"] },
  );
  fc.assert(
    fc.property(input, (written) => {
      const config = parseAgentConfig(written);
      expect(parseAgentConfig(formatAgentConfig(config))).toEqual(config);
    }),
  );
});
