import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { alertRules } from "../../packages/agent/src/metrics/alertRules.js";
import { renderMetrics } from "../../packages/agent/src/metrics/renderMetrics.js";
import { fullStatus } from "../../packages/agent/src/metrics/status.fixture.js";
import { runProgram } from "../support/runProgram.js";

/** In the tests of rules time begins in 1970, and the alarm is an hour later: what was before lies below 0. */
const HOUR = 3600;
const ALARM = HOUR;
const RPO = 26 * HOUR;
const folder = mkdtempSync(join(tmpdir(), "pgkeep-rules-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("metrics are in order, by Prometheus' own linter", async () => {
  expect(await runProgram("promtool", ["check", "metrics"], { input: await renderMetrics("shop", fullStatus, true) })).toBe("");
});

it("the rules are such that Prometheus takes them", async () => {
  const file = join(folder, "pgkeep.yaml");
  writeFileSync(file, alertRules());
  expect(await runProgram("promtool", ["check", "rules", file])).toMatch(/SUCCESS: \d+ rules found/);
});

type Series = Record<string, number>;

/** What is told of a cluster in order. Labels as a scrape adds them, among them a cluster of another kind. */
const LABELS = 'postgres_cluster="shop",cluster="kubernetes",instance="a:9187",job="pgkeep"';
const wellKept: Series = {
  pgkeep_up: 1,
  pgkeep_status_timestamp_seconds: ALARM - 60,
  "pgkeep_newest_data_timestamp_seconds,good": ALARM - 2 * HOUR,
  "pgkeep_newest_data_timestamp_seconds,proven": ALARM - 50 * HOUR,
  pgkeep_last_proof_timestamp_seconds: ALARM - 48 * HOUR,
  pgkeep_objective_rpo_seconds: RPO,
  pgkeep_objective_proven_within_seconds: 90 * HOUR,
  "pgkeep_last_drill_verdict,PASS": 1,
  "pgkeep_last_drill_verdict,FAIL": 0,
  "pgkeep_last_drill_verdict,COULD_NOT_VERIFY": 0,
  pgkeep_newest_suspicious: 0,
  pgkeep_unreadable_manifests: 0,
};
const without = (name: string): Series => Object.fromEntries(Object.entries(wellKept).filter(([key]) => key !== name));

it.each<[what: string, series: Series, firing: string[]]>([
  ["all is well", wellKept, []],
  [
    "the newest good one is older than the RPO",
    { ...wellKept, "pgkeep_newest_data_timestamp_seconds,good": ALARM - RPO - HOUR },
    ["PgkeepRecoveryPointTooOld"],
  ],
  [
    "there never was a good one",
    { ...wellKept, "pgkeep_newest_data_timestamp_seconds,good": 0, pgkeep_objective_rpo_seconds: 0.4 * HOUR },
    ["PgkeepRecoveryPointTooOld"],
  ],
  [
    "nothing was proven yet",
    { ...wellKept, pgkeep_last_proof_timestamp_seconds: 0, pgkeep_objective_proven_within_seconds: 0.4 * HOUR },
    ["PgkeepNotProven"],
  ],
  [
    "the last drill failed",
    { ...wellKept, "pgkeep_last_drill_verdict,PASS": 0, "pgkeep_last_drill_verdict,FAIL": 1 },
    ["PgkeepDrillFailed"],
  ],
  [
    "it could not verify",
    { ...wellKept, "pgkeep_last_drill_verdict,PASS": 0, "pgkeep_last_drill_verdict,COULD_NOT_VERIFY": 1 },
    ["PgkeepDrillCouldNotVerify"],
  ],
  ["the newest is suspicious", { ...wellKept, pgkeep_newest_suspicious: 1 }, ["PgkeepSuspicious"]],
  ["a manifest is damaged", { ...wellKept, pgkeep_unreadable_manifests: 2 }, ["PgkeepManifestUnreadable"]],
  [
    "drills pass of ever the same recovery point",
    { ...wellKept, "pgkeep_newest_data_timestamp_seconds,proven": ALARM - RPO - 91 * HOUR },
    ["PgkeepProvenPointTooOld"],
  ],
  ["the store is away", { ...wellKept, pgkeep_up: 0 }, ["PgkeepMetricsStale"]],
  ["nobody wrote the file any more", { ...wellKept, pgkeep_status_timestamp_seconds: ALARM - 5 * HOUR }, ["PgkeepMetricsStale"]],
  ["no target is set", without("pgkeep_objective_rpo_seconds"), ["PgkeepNoTarget"]],
  ["the age of what is proven is missing", without("pgkeep_newest_data_timestamp_seconds,proven"), ["PgkeepMetricsMissing"]],
  ["nothing is told at all", {}, ["PgkeepMetricsMissing"]],
])("when %s, that and no other rule fires", async (_what, series, firing) => {
  const rules = join(folder, "fired.yaml");
  writeFileSync(rules, alertRules());
  const file = join(folder, "test.yaml");
  writeFileSync(file, stringify(ruleTest(rules, series, firing)));
  expect(await runProgram("promtool", ["test", "rules", file])).toContain("SUCCESS");
});

const EVERY = [...alertRules().matchAll(/alert: (\w+)/g)].map(([, name = ""]) => name);

it("and every rule has its case", () => {
  expect(EVERY).toHaveLength(10);
});

/** The values stand still for the hour before the alarm, longer than any rule waits. What fires is compared by the rule's name and its state alone. */
function ruleTest(rules: string, series: Series, firing: readonly string[]): object {
  const input = Object.entries(series).map(([name, value]) => {
    const [metric = "", extra] = name.split(",");
    const label = extra === undefined ? "" : `,${metric.endsWith("verdict") ? "verdict" : "state"}="${extra}"`;
    return { series: `${metric}{${LABELS}${label}}`, values: `${value}x60` };
  });
  const counts = EVERY.map((name) => ({
    expr: `count(ALERTS{alertname="${name}",alertstate="firing"}) or vector(0)`,
    eval_time: "1h",
    exp_samples: [{ labels: "{}", value: firing.includes(name) ? 1 : 0 }],
  }));
  return { rule_files: [rules], evaluation_interval: "1m", tests: [{ interval: "1m", input_series: input, promql_expr_test: counts }] };
}
