import { expect, it } from "vitest";
import type { StatusReport } from "../status/StatusReport.js";
import { MetricsSource } from "./MetricsSource.js";
import { renderMetrics } from "./renderMetrics.js";
import { fullStatus } from "./status.fixture.js";

const told = (text: string, series: string) =>
  text
    .split("\n")
    .find((line) => line.startsWith(`${series} `))
    ?.slice(series.length + 1);

function sourceOf(reads: (() => Promise<StatusReport>)[], refresh: number) {
  const failures: unknown[] = [];
  let count = 0;
  const read = () => {
    const next = reads[count] ?? (() => Promise.reject(new Error("the store was asked too often")));
    count += 1;
    return next();
  };
  const source = new MetricsSource({ cluster: "shop", read, refresh, failed: (error) => failures.push(error) });
  return { source, failures, count: () => count };
}

it("tells ages as the times they began, names escaped as Prometheus reads them", async () => {
  const text = await renderMetrics("shop", fullStatus, true);
  expect(told(text, 'pgkeep_newest_data_timestamp_seconds{postgres_cluster="shop",state="good"}')).toBe(
    String(Date.UTC(2026, 10, 21, 2) / 1000),
  );
  expect(told(text, 'pgkeep_last_proof_timestamp_seconds{postgres_cluster="shop"}')).toBe(String(Date.UTC(2026, 10, 20, 4) / 1000));
  expect(told(text, 'pgkeep_objective_rpo_seconds{postgres_cluster="shop"}')).toBe("93600");
  expect(told(text, 'pgkeep_last_drill_verdict{postgres_cluster="shop",verdict="FAIL"}')).toBe("0");
  expect(text).toContain('pgkeep_database_rows{postgres_cluster="shop",database="shop \\"x\\"\\\\\\n"} 70');
});

it("tells 0 for what never was, so that no age is missing, and nothing of targets that are not set", async () => {
  const nothing = { committed: null, good: null, proven: null };
  const objectives = { rpo: null, provenWithin: null };
  const text = await renderMetrics("shop", { ...fullStatus, newest: nothing, lastProofAt: null, drills: [], trend: [], objectives }, true);
  for (const state of ["committed", "good", "proven"])
    expect(told(text, `pgkeep_newest_data_timestamp_seconds{postgres_cluster="shop",state="${state}"}`)).toBe("0");
  expect(told(text, 'pgkeep_last_proof_timestamp_seconds{postgres_cluster="shop"}')).toBe("0");
  expect(text).not.toMatch(/pgkeep_(objective|drill_restore|newest_stored_bytes)/);
});

it("reads the store once for all who ask within the time, and once for those who ask together", async () => {
  const { source, count } = sourceOf([() => Promise.resolve(fullStatus)], 60_000);
  const texts = await Promise.all([source.text(), source.text()]);
  expect(await source.text()).toBe(texts[0]);
  expect(texts[1]).toBe(texts[0]);
  expect(count()).toBe(1);
});

it("tells that the store is away, and what it held when it was read last", async () => {
  const { source, failures } = sourceOf([() => Promise.resolve(fullStatus), () => Promise.reject(new Error("away"))], 0);
  expect(told(await source.text(), 'pgkeep_up{postgres_cluster="shop"}')).toBe("1");
  const text = await source.text();
  expect(told(text, 'pgkeep_up{postgres_cluster="shop"}')).toBe("0");
  expect(told(text, 'pgkeep_status_timestamp_seconds{postgres_cluster="shop"}')).toBe(String(fullStatus.at.getTime() / 1000));
  expect(failures).toEqual([new Error("away")]);
});

it("tells only that it is away where it never was read", async () => {
  const { source } = sourceOf([() => Promise.reject(new Error("away"))], 60_000);
  const text = await source.text();
  expect(told(text, 'pgkeep_up{postgres_cluster="shop"}')).toBe("0");
  expect(text).not.toContain("pgkeep_status_timestamp_seconds");
});
