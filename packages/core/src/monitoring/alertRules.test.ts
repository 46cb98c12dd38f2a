import { describe, expect, it } from "vitest";
import { alertRuleFile, BACKUP_ALERT_NAMES, backupAlertRules, isPrometheusDuration } from "./alertRules.js";
import { metricSelector } from "./metricSelector.js";

const scope = { labels: { postgres_cluster: "shop", namespace: "db" }, exporter: { job: "backups", namespace: "db" } };

describe("alert rules", () => {
  it("are of every cluster, and of no exporter, unless something else is said", () => {
    const rules = backupAlertRules();
    expect(rules.map(({ alert }) => alert)).toEqual(BACKUP_ALERT_NAMES.filter((name) => name !== "PgkeepExporterDown"));
    expect(rules.filter(({ expr }) => /namespace|postgres_cluster/.test(expr))).toEqual([]);
  });

  it("are of what the scope names alone, each metric of each", () => {
    for (const { expr, alert } of backupAlertRules(scope)) {
      const metrics = expr.match(/\b(pgkeep_\w+|up)\b/g) ?? [];
      expect(expr.match(/namespace="db"/g), alert).toHaveLength(metrics.length);
      if (alert !== "PgkeepExporterDown") expect(expr.match(/postgres_cluster="shop"/g), alert).toHaveLength(metrics.length);
    }
  });

  it("are changed by name, and bear what they are given; the severity is the rule's own", () => {
    const changes = { PgkeepNotProven: { severity: "page", for: "1h" }, PgkeepSuspicious: { enabled: false } };
    const rules = backupAlertRules({ ...scope, changes, alertLabels: { team: "shop", severity: "none" }, runbookUrl: "https://r/{alert}" });
    expect(rules.map(({ alert }) => alert)).not.toContain("PgkeepSuspicious");
    expect(rules.find(({ alert }) => alert === "PgkeepNotProven")).toMatchObject({
      for: "1h",
      labels: { team: "shop", severity: "page" },
      annotations: { runbook_url: "https://r/PgkeepNotProven" },
    });
    expect(rules.find(({ alert }) => alert === "PgkeepExporterDown")?.labels).toEqual({
      postgres_cluster: "shop",
      namespace: "db",
      team: "shop",
      severity: "warning",
    });
    expect(alertRuleFile(rules).groups).toEqual([{ name: "pgkeep", rules }]);
  });
});

it("a selector is empty without labels, and its texts are quoted", () => {
  expect(metricSelector("up")).toBe("up");
  expect(metricSelector("up", { job: 'a"b\\' }, { state: "good" })).toBe('up{job="a\\"b\\\\",state="good"}');
});

it.each([
  ["15m", true],
  ["1h30m", true],
  ["0", true],
  ["0m", true],
  ["", false],
  ["an hour", false],
  ["30m1h", false],
  ["1.5h", false],
])("Prometheus reads %j as a duration: %s", (text, is) => {
  expect(isPrometheusDuration(text)).toBe(is);
});
