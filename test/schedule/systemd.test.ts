import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { nextRuns, parseCron, systemdSchedule } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemdUnits } from "../../packages/agent/src/schedule/install/systemdUnits.js";

const run = promisify(execFile);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-systemd-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What systemd's own program says; undefined on a machine without it, where the tests of the text beside the units have to do. */
async function analyze(...words: string[]): Promise<string | undefined> {
  try {
    const environment = { PATH: process.env.PATH, XDG_RUNTIME_DIR: folder, HOME: folder, TZ: "UTC", LC_ALL: "C", SYSTEMD_COLORS: "0" };
    const { stdout, stderr } = await run("systemd-analyze", words, { env: environment });
    return `${stdout}${stderr}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const TEXTS = [
  "30 2 * * *",
  "*/20 1,13 * * *",
  "0 4 * * SUN",
  "15 4 1,15 JAN,JUL *",
  "0 4 13 * MON,FRI",
  "* * * * *",
  "0 4 30 2 MON",
  "0 0 29 2 *",
];

describe("systemd takes the units without a word", () => {
  it.each([false, true])("of this account: %s", async (user) => {
    const jobs = TEXTS.map((text) => ({
      name: "backup",
      schedule: { cron: parseCron(text), timeZone: "Europe/Berlin" },
      command: [process.execPath, "/opt/pg keep/100%.js", "--config", "/etc/pgkeep/$shop.yaml", "backup"],
    }));
    for (const [index, job] of jobs.entries()) {
      const installation = {
        cluster: `shop${index}`,
        configPath: "/etc/x.yaml",
        environmentFile: "/etc/x y.env",
        jobs: [job],
        writableFolders: ["/srv"],
      };
      for (const { name, text } of systemdUnits(installation, user).files) {
        expect(text.split("\n").filter((line) => line !== "" && !/^(#.*|\[\w+\]|\w+=.+)$/.test(line))).toEqual([]);
        writeFileSync(join(folder, name), text);
      }
    }
    const paths = jobs.flatMap((_, index) => ["service", "timer"].map((kind) => join(folder, `pgkeep-shop${index}-backup.${kind}`)));
    expect((await analyze("verify", ...(user ? ["--user"] : []), ...paths)) ?? "").toBe("");
  });
});

describe("systemd runs them when pgkeep would", () => {
  it.each(TEXTS)("%s", async (text) => {
    mkdirSync(join(folder, "unused"));
    const cron = parseCron(text);
    for (const [timeZone, base] of [
      ["UTC", "2026-11-21 10:07:00 UTC"],
      ["Asia/Kathmandu", "2027-06-29 20:20:00 UTC"],
    ] as const) {
      const { onCalendar } = systemdSchedule({ cron, timeZone });
      const found: string[] = [];
      for (const value of onCalendar) {
        const told = await analyze("calendar", `--base-time=${base}`, "--iterations=6", value);
        if (told === undefined) return expect(onCalendar.every((line) => line.endsWith(`:00 ${timeZone}`))).toBe(true);
        found.push(...[...told.matchAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g)].map(([time]) => time));
      }
      const expected = nextRuns({ cron, timeZone }, 4, new Date(base)).map(
        (at) => `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`,
      );
      expect([...new Set(found)].sort().slice(0, 4), timeZone).toEqual(expected);
    }
  });
});
