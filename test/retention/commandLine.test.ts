import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { AnomalyKind, ExitCode, parseAgentConfig } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BackupResult } from "../../packages/agent/src/backup/backup.js";
import { runCommandLine } from "../../packages/agent/src/cli/commandLine.js";
import type { Surroundings } from "../../packages/agent/src/cli/Surroundings.js";
import { markSuspicious } from "../../packages/agent/src/records/suspicion.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { backupAndRetentionExit, retentionAfterBackup } from "../../packages/agent/src/retention/retentionAfterBackup.js";
import { type FolderUnderTest, folderUnderTest } from "../store/storeUnderTest.js";
import { brokenPoints, idOf, keysBelow, layout, storeAttempt, storePoint } from "./storedPoint.js";

let under: FolderUnderTest;
let ids: string[];
const slots = ["2024-11-01T02:00:00Z", "2024-11-02T02:00:00Z", "2024-11-03T02:00:00Z"];
beforeEach(async () => {
  under = await folderUnderTest();
  mkdirSync(join(under.folder, "work"));
  configure("retention: { keepLast: 1, minimum: 1 }");
  ids = [];
  for (const slot of slots) ids.push(await storePoint(under.store, slot));
});
afterEach(() => under.close());

const write = (name: string, content: string) => writeFileSync(join(under.folder, "work", name), content);
const configure = (...lines: string[]) =>
  write(
    "pgkeep.yaml",
    ["version: 1", "cluster: shop", "databases: [shop]", "store: { url: ../store }", ...lines, ""]
      .join("\n")
      .replace("../store", `file://${under.folder}/store`),
  );
const existing = async () =>
  (await keysBelow(under.store, layout.manifests)).map((key) => key.slice(layout.manifests.length, -".json".length));

/** Runs a command; with an answer it has a terminal, at which that is typed when something is asked. */
async function run(words: string[], answer?: string): Promise<{ exitCode: ExitCode; output: string; messages: string }> {
  const [output, messages, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (answer !== undefined) {
    for (const stream of [messages, input]) Object.assign(stream, { isTTY: true, columns: 200, setRawMode: () => undefined });
    messages.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("Type yes to go on")) input.write(`${answer}\r\n`);
    });
  }
  const streams = { output, messages, input } as unknown as Pick<Surroundings, "output" | "messages" | "input">;
  const reading = Promise.all([text(output), text(messages)]);
  const exitCode = await runCommandLine(words, { environment: { TERM: "dumb" }, folder: join(under.folder, "work"), ...streams });
  output.end();
  messages.end();
  const [printed, told] = await reading;
  return { exitCode, output: printed, messages: told };
}

describe("pgkeep retention plan", () => {
  it("tells of every recovery point what becomes of it and why, and removes nothing", async () => {
    await storeAttempt(under.store, idOf("2024-11-01T12:00:00Z"), "died", new Date(0));
    const { exitCode, output } = await run(["retention", "plan"]);
    expect(exitCode).toBe(ExitCode.Done);
    expect(output.split("\n")).toEqual(
      expect.arrayContaining([
        "keepLast 1, minimum 1, keepSuspicious 90d; days and weeks of UTC",
        expect.stringMatching(/^20241101T020000Z-stored00 +\d+ B +remove +not among the last 1$/),
        expect.stringMatching(
          /^20241103T020000Z-stored00 +\d+ B +keep +1 of the last 1; newest good one; among the newest 1, the minimum$/,
        ),
        expect.stringMatching(/^1 recovery point \(\d+ B\) to keep, 2 recovery points \(\d+ B\) to remove\.$/),
        expect.stringMatching(/^1 run that did not commit left \d+ B, which goes too\.$/),
      ]),
    );
    expect(await existing()).toEqual(ids);
  });

  it("is a document with --json", async () => {
    const { output } = await run(["retention", "plan", "--json"]);
    const document = JSON.parse(output) as Record<string, unknown>;
    expect(document).toMatchObject({
      cluster: "shop",
      plan: {
        rules: { keepLast: 1, keepDaily: 0, minimum: 1 },
        timeZone: "UTC",
        counted: 3,
        stopped: null,
        remove: ids.slice(0, 2).map((id) => ({ id, reason: "not among the last 1" })),
      },
      leftovers: [],
      unfinished: [],
      hidden: [],
    });
  });

  it("tells that retention would stop, by words and exit code", async () => {
    await markSuspicious(under.store, layout, ids[2] ?? "", ids[1] ?? "", []);
    const { exitCode, output } = await run(["retention", "plan"]);
    expect(exitCode).toBe(ExitCode.Suspicious);
    expect(output).toContain(`Retention stopped, so nothing goes: the newest, ${ids[2]}, is suspicious`);
    expect(output).toMatch(/ withheld +not among the last 1/);
  });

  it("follows a policy by itself", async () => {
    write("policy.yaml", "keepDaily: 2\nminimum: 1\n");
    const { output } = await run(["retention", "plan", "--policy", "policy.yaml", "--json"]);
    expect((JSON.parse(output) as { plan: { remove: unknown[] } }).plan.remove).toHaveLength(1);
  });
});

describe("a policy is refused", () => {
  const refused = async (words: string[]) => {
    const { exitCode, output, messages } = await run(["retention", ...words]);
    expect(exitCode).toBe(ExitCode.Configuration);
    expect(output).toBe("");
    expect(await existing()).toEqual(ids);
    return messages;
  };

  it("with a key that nobody knows, by its line", async () => {
    write("policy.yaml", "keepLast: 7\nkeepDay: 30\n");
    const messages = await refused(["apply", "--yes", "--policy", "policy.yaml"]);
    expect(messages).toContain("keepDay (policy.yaml:2): there is no such setting");
    expect(messages).toContain("did you mean keepDaily?");
  });

  it("that contradicts itself, is empty, or is not there", async () => {
    write("policy.yaml", "keepLast: 2\nminimum: 5\n");
    expect(await refused(["plan", "--policy", "policy.yaml"])).toContain(
      "minimum (policy.yaml:2): this contradicts the rules: they keep 2 at most",
    );
    write("policy.yaml", "");
    expect(await refused(["plan", "--policy", "policy.yaml"])).toContain("policy: this is empty");
    expect(await refused(["plan", "--policy", "nowhere.yaml"])).toMatch(/--policy: there is no such file/);
    configure();
    expect(await refused(["plan"])).toContain("no policy is configured");
    configure("retention: { minimum: 3 }");
    expect(await refused(["plan"])).toContain("retention (pgkeep.yaml:5): this policy names no rule");
  });
});

describe("pgkeep retention apply", () => {
  it("refuses where nobody can be asked", async () => {
    const { exitCode, messages } = await run(["retention", "apply"]);
    expect(exitCode).toBe(ExitCode.Usage);
    expect(messages).toContain("nobody can be asked here");
    expect(await existing()).toEqual(ids);
  });

  it("prints the plan, asks, and removes once yes was typed", async () => {
    const { exitCode, output, messages } = await run(["retention", "apply"], "yes");
    expect({ exitCode, messages }).toMatchObject({
      exitCode: ExitCode.Done,
      messages: expect.stringContaining("Remove 2 recovery points for good?"),
    });
    expect(output).toMatch(
      /remove +not among the last 1[\s\S]*Removed 2 recovery points \(\d+ B\): 20241101T020000Z-stored00, 20241102T020000Z-stored00\./,
    );
    expect(await existing()).toEqual(ids.slice(2));
    expect(await brokenPoints(under.store)).toEqual([]);
  });

  it("and any other answer stops it", async () => {
    const { exitCode, messages } = await run(["retention", "apply"], "y");
    expect(exitCode).toBe(ExitCode.Usage);
    expect(messages).toContain("it was not agreed to, so nothing was removed");
    expect(await existing()).toEqual(ids);
  });

  it("does not ask with --yes, nor where nothing goes", async () => {
    expect((await run(["retention", "apply", "--yes"])).exitCode).toBe(ExitCode.Done);
    expect(await existing()).toEqual(ids.slice(2));
    const { exitCode, output } = await run(["retention", "apply"], "no");
    expect(exitCode).toBe(ExitCode.Done);
    expect(output).toContain("No recovery point was removed.");
  });

  it("prints what it did as one document with --json", async () => {
    const { exitCode, output } = await run(["retention", "apply", "--yes", "--json"]);
    expect(exitCode).toBe(ExitCode.Done);
    expect(JSON.parse(output)).toMatchObject({
      plan: { stopped: null },
      removed: ids.slice(0, 2).map((id) => ({ id, objects: 3 })),
      heldByStore: [],
      givenUp: [],
    });
  });

  it("stops where the newest is suspicious, with an exit code of its own", async () => {
    await markSuspicious(under.store, layout, ids[2] ?? "", ids[1] ?? "", []);
    const { exitCode, output } = await run(["retention", "apply", "--yes"]);
    expect(exitCode).toBe(ExitCode.Suspicious);
    expect(output).toContain("Retention stopped and removed nothing: the newest");
    expect(await existing()).toEqual(ids);
  });
});

describe("retention behind a backup", () => {
  const good: Pick<BackupResult, "anomaly"> = { anomaly: { base: null, findings: [] } };
  const finding = { kind: AnomalyKind.EmptiedTable, database: "shop", table: null, before: 1, now: 0, reason: "empty" };
  const suspicious: Pick<BackupResult, "anomaly"> = { anomaly: { base: "x", findings: [finding] } };
  const options = (retention: object | undefined) => ({
    config: parseAgentConfig({
      version: 1,
      cluster: "shop",
      databases: ["shop"],
      store: { url: `file://${under.folder}/store` },
      ...(retention ? { retention } : {}),
    }),
    store: under.store,
    by: "tester@here",
    reporter: silentReporter,
  });

  it("runs only where that is configured, and not behind a suspicious one", async () => {
    expect(await retentionAfterBackup(good, options(undefined))).toBeUndefined();
    expect(await retentionAfterBackup(good, options({ keepLast: 1 }))).toBeUndefined();
    expect(await retentionAfterBackup(suspicious, options({ keepLast: 1, afterBackup: true }))).toBeUndefined();
    expect(await existing()).toEqual(ids);
    const retention = await retentionAfterBackup(good, options({ keepLast: 1, afterBackup: true }));
    expect(retention).toMatchObject({ kind: "applied", result: { removed: [{ id: ids[0] }, { id: ids[1] }] } });
    expect(backupAndRetentionExit(good, retention)).toBe(ExitCode.Done);
    expect(await existing()).toEqual(ids.slice(2));
  });

  it("never makes anybody take the backup again, whatever goes wrong", async () => {
    await under.replace(layout.manifest(ids[2] ?? ""), Buffer.from("{}"));
    const stopped = await retentionAfterBackup(good, options({ keepLast: 1, afterBackup: true }));
    expect(stopped).toMatchObject({ kind: "applied", result: { plan: { stopped: expect.stringContaining("cannot be read") } } });
    expect(backupAndRetentionExit(good, stopped)).toBe(ExitCode.Suspicious);

    const failing = Object.assign(Object.create(under.store) as typeof under.store, {
      clock: () => Promise.reject(new Error("no network")),
    });
    const warnings: string[] = [];
    const reporter = { ...silentReporter, warning: (message: string) => void warnings.push(message) };
    const failed = await retentionAfterBackup(good, { ...options({ keepLast: 1, afterBackup: true }), store: failing, reporter });
    expect(failed).toEqual({ kind: "failed", problem: "no network" });
    expect(warnings).toEqual(["the backup is committed, but retention behind it failed: no network"]);
    expect(backupAndRetentionExit(good, failed)).toBe(ExitCode.Suspicious);
    expect(backupAndRetentionExit(suspicious, undefined)).toBe(ExitCode.Suspicious);
  });
});
