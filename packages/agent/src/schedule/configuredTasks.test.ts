import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentConfigInput, ExitCode, parseAgentConfig, storeLayout } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentReporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { configuredSchedules } from "./configuredSchedules.js";
import { configuredTasks } from "./configuredTasks.js";
import { installationOf } from "./install/installedJobs.js";

let folder: string;
let store: Store;

function configOf(changes: Partial<AgentConfigInput>) {
  return parseAgentConfig({ version: 1, cluster: "shop", databases: ["shop"], store: { url: `file://${folder}/store` }, ...changes });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-tasks-"));
  store = await openStore(configOf({}).store, {});
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const copies = (...places: string[]) =>
  places.map((place) => ({ name: place.replaceAll("/", "-"), store: { url: `file://${folder}/${place}` } }));

async function runOf(changes: Partial<AgentConfigInput>) {
  const config = configOf(changes);
  const [task] = configuredTasks({ config, store, layout: storeLayout("shop"), environment: {} });
  return await task?.run({ slot: new Date(), reporter: silentReporter, signal: new AbortController().signal });
}

describe("a job goes to every place that it is for", () => {
  it("a copy to each of the copies", async () => {
    const outcome = await runOf({ schedule: { copy: "@daily" }, copies: copies("near", "far") });
    expect(outcome).toMatchObject({
      exitCode: ExitCode.Done,
      summary: expect.stringMatching(/0 recovery points copied to near.*; 0 .* to far/),
    });
  });

  it("a copy to the others, where one is away", async () => {
    await expect(runOf({ schedule: { copy: "@daily" }, copies: copies("not/there", "far") })).rejects.toThrow(
      /the folder .*\/not does not exist/,
    );
  });

  it("retention to the store and to the copies that have a policy", async () => {
    const [near, far] = copies("near", "far");
    const changes = { retention: { keepLast: 7 }, copies: [{ ...near, retention: { keepLast: 30 } }, far] } as Partial<AgentConfigInput>;
    const outcome = await runOf({ ...changes, schedule: { retention: "@daily" } });
    expect(outcome?.summary).toMatch(/; near: /);
    expect(outcome?.summary).not.toContain("far");
  });

  it("but not to the store whose retention S3's lifecycle enforces", () => {
    const retention = { enforcedBy: "lifecycle", preset: "production" };
    const pruned = copies("near").map((copy) => ({ ...copy, retention: { keepLast: 7 } }));
    const config = configOf({ store: { url: "s3://shop/backups" }, retention, copies: pruned, schedule: { retention: "@daily" } } as never);
    const { jobs } = installationOf({ path: "/etc/pgkeep/shop.yaml", folder: "/etc/pgkeep", isFile: true, config });
    expect(jobs.map(({ command }) => command.slice(4).join(" "))).toEqual(["retention apply --yes --copy near"]);
  });

  it("and as many units are installed, each with its own command", () => {
    const schedule = { retention: "@daily", copy: "@daily", drill: "@weekly", backup: "@hourly" };
    const config = configOf({ retention: { keepLast: 7 }, copies: copies("near", "far"), schedule });
    const { jobs, writableFolders } = installationOf({ path: "/etc/pgkeep/shop.yaml", folder: "/etc/pgkeep", isFile: true, config });
    expect(jobs.map(({ name, command }) => [name, command.slice(4).join(" ")])).toEqual([
      ["backup", "backup"],
      ["drill", "drill latest"],
      ["retention", "retention apply --yes"],
      ["copy-near", "copy --all --to near"],
      ["copy-far", "copy --all --to far"],
    ]);
    expect(writableFolders).toEqual([folder]);
  });
});

it.each([undefined, { timeZone: "UTC" }])("nothing is scheduled by %j", (schedule) => {
  expect(() => configuredSchedules(configOf(schedule ? { schedule } : {}))).toThrow(/^schedule: nothing is scheduled/);
});
