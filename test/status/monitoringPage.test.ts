import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode, NotifiedEvent, NotifiedJob } from "@pgkeep/core";
import { expect, it } from "vitest";
import { alertRules } from "../../packages/agent/src/metrics/alertRules.js";
import { renderMetrics } from "../../packages/agent/src/metrics/renderMetrics.js";
import { fullStatus } from "../../packages/agent/src/metrics/status.fixture.js";
import { webhookDelivery } from "../../packages/agent/src/notify/webhook.js";

const page = readFileSync(join(import.meta.dirname, "../../docs/monitoring.md"), "utf8");
/** What stands in backquotes in the first cells of a table, without labels. */
const firstCells = (pattern: RegExp) =>
  [...page.matchAll(/^\| (`[^|]+`) \|/gm)]
    .flatMap(([, cell = ""]) => [...cell.matchAll(/`([\w]+)[^`]*`/g)].map(([, name = ""]) => name))
    .filter((name) => pattern.test(name));

it("names every metric, and no other", async () => {
  const text = await renderMetrics("shop", fullStatus, true);
  const told = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
  expect(firstCells(/^pgkeep_/).sort()).toEqual(told.sort());
});

it("names every alert rule, and no other", () => {
  const told = [...alertRules().matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  expect(firstCells(/^Pgkeep/).sort()).toEqual(told.sort());
});

it("names every property of a webhook's document, and no other", () => {
  const { body } = webhookDelivery(
    { url: new URL("https://hooks.example.org/") },
    {
      event: NotifiedEvent.Failed,
      test: false,
      job: NotifiedJob.Backup,
      run: "r",
      cluster: "shop",
      startedAt: new Date(),
      exitCode: ExitCode.Unavailable,
      recoveryPoint: null,
      text: "",
      problems: [],
      facts: {},
    },
  );
  const [, section = ""] = page.split("The document of a webhook");
  const named = [...section.matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(named.sort()).toEqual(Object.keys(JSON.parse(body ?? "{}")).sort());
});
