import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderMetrics } from "../../packages/agent/src/metrics/renderMetrics.js";
import { fullStatus } from "../../packages/agent/src/metrics/status.fixture.js";
import { BACKUP_ALERTS, type BackupDashboard } from "../../packages/core/src/index.js";
import { BackupMonitoring } from "../../packages/kubernetes/src/index.js";
import { missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { MONITORING } from "../support/monitoringArguments.js";
import { runProgram } from "../support/runProgram.js";

/** In the tests of rules time begins in 1970, and the alarm is an hour later. */
const HOUR = 3600;
const ALARM = HOUR;
const SCRAPED = { postgres_cluster: "shop", namespace: "default", job: "backups", pod: "backups-7f", endpoint: "metrics" };

type Labels = Record<string, string>;
type Series = [metric: string, labels: Labels, value: number][];

const series = (labels: Labels, changes: Record<string, number> = {}): Series => {
  const told: [string, Labels, number][] = [
    ["up", {}, 1],
    ["pgkeep_up", {}, 1],
    ["pgkeep_status_timestamp_seconds", {}, ALARM - 60],
    ["pgkeep_newest_data_timestamp_seconds", { state: "good" }, ALARM - 2 * HOUR],
    ["pgkeep_newest_data_timestamp_seconds", { state: "proven" }, ALARM - 50 * HOUR],
    ["pgkeep_last_proof_timestamp_seconds", {}, ALARM - 48 * HOUR],
    ["pgkeep_objective_rpo_seconds", {}, 26 * HOUR],
    ["pgkeep_objective_proven_within_seconds", {}, 90 * HOUR],
    ["pgkeep_last_drill_verdict", { verdict: "FAIL" }, 0],
    ["pgkeep_last_drill_verdict", { verdict: "COULD_NOT_VERIFY" }, 0],
    ["pgkeep_newest_suspicious", {}, 0],
    ["pgkeep_unreadable_manifests", {}, 0],
  ];
  return told.map(([metric, own, value]) => {
    const key = Object.values(own).length === 0 ? metric : `${metric},${Object.values(own).join()}`;
    // Prometheus' own series has no label of what it scrapes.
    const { postgres_cluster, ...target } = labels;
    return [
      metric,
      { ...(metric === "up" ? target : { ...target, postgres_cluster: postgres_cluster ?? "" }), ...own },
      changes[key] ?? value,
    ];
  });
};
const mine = (changes: Record<string, number> = {}) => series(SCRAPED, changes);

describe.skipIf(missingEngine() !== undefined)("what BackupMonitoring gives Prometheus and Grafana", () => {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-monitoring-"));
  const rules = join(folder, "rules.json");
  let dashboard: BackupDashboard;

  beforeAll(async () => {
    const program = () => {
      const { alertRules, dashboardJson } = new BackupMonitoring("backups", MONITORING);
      return Promise.resolve({ alertRules, dashboardJson });
    };
    const stack = await startStack({ program, providers: [kubernetesProvider()] });
    await stack.up();
    const { alertRules, dashboardJson } = await stack.outputs();
    await stack.dispose();
    writeFileSync(rules, alertRules?.value as string);
    dashboard = JSON.parse(dashboardJson?.value as string) as BackupDashboard;
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const queries = () => dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ title, expr })));

  async function test(input: Series, checks: { expr: string; value: number }[]): Promise<string> {
    const file = join(folder, "test.json");
    const tests = [
      {
        interval: "1m",
        input_series: input.map(([metric, labels, value]) => ({ series: selectorOf(metric, labels), values: `${value}x60` })),
        promql_expr_test: checks.map(({ expr, value }) => ({ expr, eval_time: "1h", exp_samples: [{ labels: "{}", value }] })),
      },
    ];
    writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: "1m", tests }));
    return await runProgram("promtool", ["test", "rules", file]);
  }

  it("is rules that Prometheus takes", async () => {
    expect(await runProgram("promtool", ["check", "rules", rules])).toContain("SUCCESS: 10 rules found");
  });

  it.each<[what: string, input: Series, firing: string[]]>([
    ["all is well", mine(), []],
    [
      "the newest good one is too old",
      mine({ "pgkeep_newest_data_timestamp_seconds,good": ALARM - 27 * HOUR }),
      ["PgkeepRecoveryPointTooOld"],
    ],
    ["no drill passed in time", mine({ pgkeep_last_proof_timestamp_seconds: ALARM - 91 * HOUR }), ["PgkeepNotProven"]],
    ["what is proven is too old", mine({ "pgkeep_newest_data_timestamp_seconds,proven": ALARM - 117 * HOUR }), ["PgkeepProvenPointTooOld"]],
    ["a drill failed", mine({ "pgkeep_last_drill_verdict,FAIL": 1 }), ["PgkeepDrillFailed"]],
    ["the store is away", mine({ pgkeep_up: 0 }), ["PgkeepMetricsStale"]],
    [
      "the exporter is down, and nothing of it is told any more",
      [["up", { namespace: "default", job: "backups" }, 0]],
      ["PgkeepExporterDown", "PgkeepMetricsMissing"],
    ],
    ["it is gone", [], ["PgkeepMetricsMissing"]],
    [
      "a cluster of the same name in another namespace is well, and this one is gone",
      series({ ...SCRAPED, namespace: "staging" }),
      ["PgkeepMetricsMissing"],
    ],
    [
      "another cluster in this namespace is well, and this one is gone",
      series({ ...SCRAPED, postgres_cluster: "other" }),
      ["PgkeepMetricsMissing"],
    ],
    [
      "one of the same name elsewhere is in trouble, and this one is well",
      [
        ...mine(),
        ...series(
          { ...SCRAPED, namespace: "staging" },
          { "pgkeep_newest_data_timestamp_seconds,good": 0, pgkeep_objective_rpo_seconds: 60, up: 0 },
        ),
      ],
      [],
    ],
    ["the age of what is proven is missing", mine().filter(([, { state }]) => state !== "proven"), ["PgkeepMetricsMissing"]],
  ])("fires where %s, that and nothing else", async (_, input, firing) => {
    const checks = BACKUP_ALERTS.map(({ alert }) => ({
      expr: `count(ALERTS{alertname="${alert}",alertstate="firing",postgres_cluster="shop",namespace="default"}) or vector(0)`,
      value: firing.includes(alert) ? 1 : 0,
    }));
    checks.push({ expr: `count(ALERTS{alertstate="firing"}) or vector(0)`, value: firing.length });
    expect(await test(input, checks)).toContain("SUCCESS");
  });

  it("asks for nothing that the exporter does not tell", async () => {
    const told = new Set([...(await renderMetrics("shop", fullStatus, true)).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    const expressions = [...queries().map(({ expr }) => expr), ...BACKUP_ALERTS.map(({ expr }) => expr({ labels: {} }))];
    const asked = new Set(expressions.flatMap((expr) => expr.match(/\bpgkeep_\w+/g) ?? []));
    expect([...asked].filter((name) => !told.has(name))).toEqual([]);
    expect(asked.size).toBeGreaterThan(15);
  });

  it("is a dashboard of which every query is read by Prometheus, and none is empty", async () => {
    const recorded = { groups: [{ name: "panels", rules: queries().map(({ expr }, index) => ({ record: `panel:${index}`, expr })) }] };
    const file = join(folder, "panels.json");
    writeFileSync(file, JSON.stringify(recorded));
    expect(await runProgram("promtool", ["check", "rules", file])).toContain(`SUCCESS: ${queries().length} rules found`);

    const text = await renderMetrics("shop", fullStatus, true);
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const input = lines.map((line) => {
      const [, metric = "", labels = "", value = ""] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
      return { series: `${metric}{${labels},namespace="default",job="backups"}`, values: `${value}x60` };
    });
    // Two days before the status was made nothing is old, so the alarm that the table shows is another one.
    const alert = {
      series: 'ALERTS{alertname="PgkeepNotProven",severity="critical",alertstate="firing",postgres_cluster="shop",namespace="default"}',
      values: "1x60",
    };
    const promql_expr_test = queries().map(({ expr }) => ({
      expr: `clamp_max(count(${expr}), 1)`,
      eval_time: "1h",
      exp_samples: [{ labels: "{}", value: 1 }],
    }));
    const test = join(folder, "shown.json");
    writeFileSync(
      test,
      JSON.stringify({ evaluation_interval: "1m", tests: [{ interval: "1m", input_series: [...input, alert], promql_expr_test }] }),
    );
    expect(await runProgram("promtool", ["test", "rules", test])).toContain("SUCCESS");
  });

  const checker = process.env.PGKEEP_GRAFANA_CHECK;
  it.skipIf(checker === undefined)(
    "is a dashboard by Grafana's own types, which refuse what they do not know and miss what they need",
    async () => {
      const check = async (text: string) => {
        const file = join(folder, "dashboard.json");
        writeFileSync(file, text);
        return await runProgram(checker ?? "", [file]).catch((error: Error) => error.message);
      };
      const text = JSON.stringify(dashboard);
      expect((await check(text)).trim()).toBe(`${dashboard.panels.length} panels`);
      expect(await check(text.replace('"graphTooltip"', '"graphTooltips"'))).toContain("unexpected field 'graphTooltips'");
      expect(await check(text.replace('"colorMode":"background",', ""))).toContain(
        "panels[0].options.colorMode: required field is missing",
      );
    },
  );

  it("is a dashboard whose panels have their own place and their own number", () => {
    const { uid, panels, title, schemaVersion } = dashboard;
    expect({ title, schemaVersion }).toEqual({ title: "PostgreSQL backups: shop", schemaVersion: 39 });
    expect(uid).toMatch(/^[a-z0-9-]{1,40}$/);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title: name, gridPos, targets } of panels) {
      expect(gridPos.x + gridPos.w, name).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x},${y}`), `${name} at ${x},${y}`).toBe(false);
          taken.add(`${x},${y}`);
        }
      for (const { datasource } of targets) expect(datasource).toEqual({ type: "prometheus", uid: "$datasource" });
      expect(new Set(targets.map(({ refId }) => refId)).size, name).toBe(targets.length);
    }
  });
});

function selectorOf(metric: string, labels: Labels): string {
  return `${metric}{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",")}}`;
}
