import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Project } from "../agent/Project.js";
import { runHere } from "./runHere.js";

let project: Project;
let units: string;

beforeEach(() => {
  project = new Project();
  units = join(project.folder, ".config/systemd/user");
  project.write({
    version: 1,
    cluster: "shop",
    databases: ["shop"],
    store: { url: `file://${project.store}` },
    schedule: { backup: "0 2 * * *", drill: "0 4 * * SUN" },
  });
});
afterEach(() => project.remove());

async function succeed(words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runHere(project, words);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

async function json<Result>(words: readonly string[]): Promise<Result> {
  return JSON.parse(await succeed([...words, "--json"])) as Result;
}

describe("schedule install --systemd --user", () => {
  const INSTALL = ["schedule", "install", "--systemd", "--user"];

  it("shows the units, and writes them only when it is told to", async () => {
    const shown = await succeed([...INSTALL, "--dry-run"]);
    expect(shown).toContain("OnCalendar=*-*-* 02:00:00 UTC");
    expect(shown).toContain(`--config ${project.folder}/pgkeep.yaml backup`);
    const asked = await runHere(project, INSTALL);
    expect(asked.exitCode).toBe(64);
    expect(asked.stderr).toContain("OnCalendar=Sun *-*-* 04:00:00 UTC");
    expect(asked.stderr).toContain("nobody can be asked here, so nothing was written");
    expect(existsSync(units)).toBe(false);
  });

  it("writes them anew when the schedule changes, and tells how to start and how to undo it", async () => {
    const done = await succeed([...INSTALL, "--yes"]);
    expect(readdirSync(units).sort()).toEqual(
      ["backup.service", "backup.timer", "drill.service", "drill.timer"].map((name) => `pgkeep-shop-${name}`),
    );
    expect(done).toContain(
      "systemctl --user daemon-reload && systemctl --user enable --now pgkeep-shop-backup.timer pgkeep-shop-drill.timer",
    );
    expect(done).toContain("disable --now");
    project.edit((config) => {
      config.schedule.backup = "0 3 * * *";
    });
    const { written } = await json<{ written: string[] }>([...INSTALL, "--yes"]);
    expect(written).toEqual([join(units, "pgkeep-shop-backup.timer")]);
    expect(readFileSync(written[0] ?? "", "utf8")).toContain("OnCalendar=*-*-* 03:00:00 UTC");
    expect((await json<{ written: string[] }>([...INSTALL, "--yes"])).written).toEqual([]);
  });

  it("never overwrites a file that it did not write", async () => {
    mkdirSync(units, { recursive: true });
    writeFileSync(join(units, "pgkeep-shop-drill.timer"), "[Timer]\n");
    const { exitCode, stderr } = await runHere(project, [...INSTALL, "--yes"]);
    expect(exitCode).toBe(78);
    expect(stderr).toContain("pgkeep-shop-drill.timer: there is a file of this name that `pgkeep schedule install` did not write");
    expect(readdirSync(units)).toEqual(["pgkeep-shop-drill.timer"]);
  });
});

describe("schedule install --crontab", () => {
  const INSTALL = ["schedule", "install", "--crontab"];
  const crontab = () => readFileSync(join(project.folder, "crontab"), "utf8");

  /** What crontab(1) does with -l and -, kept in a file; -V answers as cronie does, which reads CRON_TZ on any machine. */
  beforeEach(() => {
    const bin = join(project.folder, "bin");
    mkdirSync(bin);
    const file = join(project.folder, "crontab");
    const script = `#!/bin/sh
case "$1" in
  -l) [ -f '${file}' ] || { echo "no crontab for me" >&2; exit 1; }; cat '${file}' ;;
  -V) echo "cronie 1.7.2" ;;
  -) cat > '${file}' ;;
esac
`;
    writeFileSync(join(bin, "crontab"), script);
    chmodSync(join(bin, "crontab"), 0o755);
    project.environment.PATH = `${bin}${delimiter}${project.environment.PATH}`;
  });

  it("adds its lines once, behind those that are there", async () => {
    writeFileSync(join(project.folder, "crontab"), "MAILTO=me\n5 5 * * * mine\n");
    expect(await succeed([...INSTALL, "--dry-run"])).toMatch(/0 2 \* \* \* .* backup\n/);
    expect(crontab()).toBe("MAILTO=me\n5 5 * * * mine\n");
    await succeed([...INSTALL, "--yes"]);
    const once = crontab();
    expect(once).toMatch(
      /^MAILTO=me\n5 5 \* \* \* mine\n# pgkeep shop: [\s\S]* backup\n[\s\S]*0 4 \* \* 0 .* drill latest\n[\s\S]*# pgkeep shop: end\n$/,
    );
    expect((await json<{ written: string[] }>([...INSTALL, "--yes"])).written).toEqual([]);
    expect(crontab()).toBe(once);
  });

  it("begins a crontab where there is none", async () => {
    await succeed([...INSTALL, "--yes"]);
    expect(crontab()).toMatch(/^# pgkeep shop: /);
  });
});

it.each([
  [[], /it is not said which of the two/],
  [["--systemd", "--crontab"], /every job would run twice/],
  [["--crontab", "--user"], /always belongs to the account/],
])("schedule install %j is refused", async (words, message) => {
  const { exitCode, stderr } = await runHere(project, ["schedule", "install", ...words]);
  expect(exitCode).toBe(64);
  expect(stderr).toMatch(message);
});

it("schedule next tells the runs of each job in its zone and in UTC", async () => {
  project.edit((config) => {
    config.schedule.timeZone = "Asia/Kathmandu";
  });
  const shown = await succeed(["schedule", "next", "--count", "1"]);
  expect(shown).toMatch(/backup +0 2 \* \* \* +\w{3} \d{4}-\d\d-\d\d 02:00 \+05:45 +\d{4}-\d\d-\d\dT20:15Z/);
  const { jobs } = await json<{ jobs: { job: string; runs: unknown[] }[] }>(["schedule", "next"]);
  expect(jobs.map(({ job, runs }) => [job, runs.length])).toEqual([
    ["backup", 3],
    ["drill", 3],
  ]);
  expect((await runHere(project, ["schedule", "next", "--count", "0"])).exitCode).toBe(64);
});
