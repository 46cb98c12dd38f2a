import { expect, test } from "vitest";
import { parseAgentConfig } from "./parseAgentConfig.js";

const parse = (changes: Record<string, unknown>) =>
  parseAgentConfig({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///x" }, ...changes });

test("without a word about it, backups ping and failures are told", () => {
  expect(parse({}).notify).toEqual({
    timeout: 15_000,
    heartbeat: { jobs: ["backup"], form: "healthchecks" },
    webhook: { jobs: ["backup", "drill", "restore", "retention", "copy"], events: ["failed"] },
  });
  expect(parse({}).objectives).toEqual({});
});

test("objectives are periods, from an hour", () => {
  expect(parse({ objectives: { rpo: "26h", provenWithin: "35d" } }).objectives).toEqual({
    rpo: 26 * 3_600_000,
    provenWithin: 35 * 86_400_000,
  });
  expect(() => parse({ objectives: { rpo: "30s" } })).toThrow("objectives.rpo");
  expect(() => parse({ objectives: { rto: "30m" } })).toThrow("objectives.rto");
});

test("an address has no place in the configuration, and is not repeated", () => {
  const canary = "https://hc-ping.example/canary-1234";
  for (const notify of [{ heartbeat: { url: canary } }, { webhook: canary }, { url: canary }]) {
    const caught = (() => {
      try {
        return parse({ notify });
      } catch (error) {
        return error as Error;
      }
    })() as Error;
    expect(caught.message).toContain("notify");
    expect(caught.message).not.toContain("canary");
  }
});

test("what is told twice, never or by a name that nothing bears is refused", () => {
  expect(() => parse({ notify: { webhook: { events: [] } } })).toThrow("notify.webhook.events");
  expect(() => parse({ notify: { webhook: { jobs: ["drill", "drill"] } } })).toThrow("same as entry 0");
  expect(() => parse({ notify: { heartbeat: { jobs: ["bakcup"] } } })).toThrow("did you mean backup");
});
