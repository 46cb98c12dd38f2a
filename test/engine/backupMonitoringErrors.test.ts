import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { BackupMonitoring, type BackupMonitoringArgs } from "../../packages/kubernetes/src/index.js";
import { previewFailure } from "../support/engine/failureOf.js";
import { missingEngine } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { MONITORING, WATCHED } from "../support/monitoringArguments.js";

async function failureOf(args: BackupMonitoringArgs, name = "backups"): Promise<string> {
  return await previewFailure({
    program: () => Promise.resolve(void new BackupMonitoring(name, args)),
    providers: [kubernetesProvider()],
  });
}

describe.skipIf(missingEngine() !== undefined)("what a user sees of wrong arguments of BackupMonitoring", () => {
  it("is every one of them with its reason, and neither a stack nor an object nor a secret", async () => {
    const text = await failureOf({
      ...MONITORING,
      exporterName: "2-backups",
      configuration: JSON.stringify({ ...WATCHED, store: { url: "file:///backups" } }),
      rpo: "4w",
      refresh: "3h",
      listenAddress: "::",
      scrapeInterval: "5m",
      serviceMonitor: false,
      alerts: { PgkeepTooOld: { enabled: false }, PgkeepNotProven: { for: "an hour" } },
      runbookUrl: "runbook.md",
      image: "ghcr.io/pgkeep/agent:latest",
      resources: { memoryLimit: "64Mi" },
      environment: { AWS_SECRET_ACCESS_KEY: "hunter2" },
      network: { storePods: { labels: { app: "minio" } }, storeCidrs: ["10.0.0.0/8"] },
    });
    await expect(`${text}\n`).toMatchFileSnapshot("golden/kubernetes-backup-monitoring-errors.txt");
    expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/im);
  });

  it("is what is no argument, and what would do nothing", async () => {
    const text = await failureOf(
      { ...MONITORING, serviceMonitor: false, prometheusRule: false, network: { databaseCidr: "10.0.0.0/8" }, tls: {} } as never,
      "Backups",
    );
    expect(text).toMatch(/network\.databaseCidr: there is no such argument/);
    expect(text).toMatch(/tls: there is no such argument/);
    expect(text).toMatch(/prometheusLabels: no object is made that would bear them/);
    expect(text).toMatch(/exporterName: the Service would be called so[\s\S]*defaults to the component's own name/);
  });

  it.each<[string, Partial<BackupMonitoringArgs>, string]>([
    ["a configuration", { configuration: pulumi.output(JSON.stringify({ ...WATCHED, cluster: "Shop" })) }, "configuration.cluster: "],
    [
      "a store",
      { configuration: pulumi.output('{"version":1,"cluster":"a","databases":["a"],"store":{"url":"file:///x"}}') },
      "a folder of a Pod",
    ],
    ["a target", { rpo: pulumi.output("26") }, "rpo: this is not a period"],
    ["a time to refresh", { refresh: pulumi.output("1s") }, "refresh: this is too short"],
    ["an interval", { scrapeInterval: pulumi.output("1h") }, "scrapeInterval: an answer takes up to 8 seconds"],
    [
      "a wait",
      { alerts: { PgkeepNotProven: { for: pulumi.output("soon") } } },
      "alerts.PgkeepNotProven.for: Prometheus reads no such duration",
    ],
    ["an image", { image: pulumi.output("agent:latest") }, "image: this is no image by its digest"],
    ["memory", { resources: { memoryLimit: pulumi.output("64Mi") } }, "resources.memoryLimit: the exporter would be killed"],
  ])("is the same where %s came as an Output", async (_, changes, expected) => {
    expect(await failureOf({ ...MONITORING, ...changes })).toContain(expected);
  });
});
