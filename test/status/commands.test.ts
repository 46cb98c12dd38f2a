import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../packages/agent/src/cli/commandLine.js";
import type { Surroundings } from "../../packages/agent/src/cli/Surroundings.js";
import { Project } from "../agent/Project.js";
import { writeManyPoints } from "./manyPoints.js";

let project: Project;
let ids: string[];

beforeAll(() => {
  project = new Project();
  configure({ rpo: "26h", provenWithin: "35d" });
  mkdirSync(project.store, { mode: 0o700 });
  ids = writeManyPoints({ folders: [project.store], cluster: "shop", count: 6, newestAt: new Date(Date.now() - 7_200_000), drillEvery: 2 });
});
afterAll(() => project?.remove());

function configure(objectives: object): void {
  project.write({ version: 1, cluster: "shop", databases: ["shop"], store: { url: `file://${project.store}` }, objectives });
}

async function run(...words: string[]): Promise<{ exitCode: number; output: string; messages: string }> {
  const [output, messages] = [new PassThrough(), new PassThrough()];
  const streams = { output, messages, input: Readable.from([]) } as unknown as Pick<Surroundings, "output" | "messages" | "input">;
  const reading = Promise.all([text(output), text(messages)]);
  const exitCode = await runCommandLine(words, { environment: {}, folder: project.folder, ...streams });
  output.end();
  messages.end();
  const [printed, told] = await reading;
  return { exitCode, output: printed, messages: told };
}

describe("pgkeep status", () => {
  it("ends with 0 when all targets are met, and tells them", async () => {
    const { exitCode, output, messages } = await run("status");
    expect([exitCode, messages]).toEqual([0, ""]);
    expect(output).toMatch(/^shop in file:\S+ at .* \(UTC\): nothing calls for you$/m);
    expect(output).toContain(`newest good              ${ids.at(-1)}, data of`);
    expect(output).toContain("held against the RPO     met: at most 26 h");
    expect(output).toMatch(/^measured RTO {13}@@@ {2}42.0 s, 42.0 s, 42.0 s$/m);
  });

  it("ends with 80 when one is missed, says which, and tells the same as JSON", async () => {
    configure({ rpo: "1h" });
    const { exitCode, output } = await run("status");
    expect(exitCode).toBe(80);
    expect(output).toMatch(/look at this\n\n- the newest good recovery point is 2 h.* old; at most 1 h is wanted\n/);
    expect(output).toContain("held against the RPO     MISSED: at most 1 h");
    const json = await run("status", "--json");
    expect(json.exitCode).toBe(80);
    expect(JSON.parse(json.output)).toMatchObject({
      ok: false,
      findings: [{ kind: "rpo-missed" }],
      requests: { reads: 9 },
      counts: { all: 6 },
    });
    configure({ rpo: "26h" });
  });

  it("counts leftovers where it is asked to", async () => {
    const folder = join(project.store, storeLayout("shop").attempt("20261101T000000Z-aaaaaaaa", "one"));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "begin.json"), "{}");
    expect((await run("status", "--leftovers")).output).toContain("1 of runs that did not commit, 1 object, 2 B; pgkeep list shows them");
    rmSync(join(project.store, "shop/points"), { recursive: true });
    expect((await run("status", "--leftovers")).output).toMatch(/^leftovers +none$/m);
  });
});

describe("pgkeep metrics", () => {
  it("writes a file that everybody may read, over the one before", async () => {
    const file = join(project.folder, "pgkeep.prom");
    writeFileSync(file, "old", { mode: 0o600 });
    expect(await run("metrics", "--textfile", "pgkeep.prom")).toEqual({ exitCode: 0, output: `Metrics are in ${file}.\n`, messages: "" });
    expect(readFileSync(file, "utf8")).toContain('pgkeep_recovery_points{postgres_cluster="shop",state="all"} 6');
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it("leaves the file as it was when the store cannot be read", async () => {
    const file = join(project.folder, "kept.prom");
    writeFileSync(file, "old");
    project.write({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///nonexistent/of/old/store" } });
    const { exitCode, messages } = await run("metrics", "--textfile", "kept.prom");
    expect(exitCode).toBe(78);
    expect(messages).toContain("may be a file system that is not mounted");
    expect(readFileSync(file, "utf8")).toBe("old");
    configure({});
  });

  it.each([
    [["--textfile", "x", "--listen", "127.0.0.1:0"], "--textfile and --listen"],
    [["--listen", "9187"], "write an address and a port"],
    [["--refresh", "soon"], '"soon" is not a duration'],
  ])("refuses %j", async (words, reason) => {
    const { exitCode, messages } = await run("metrics", ...words);
    expect(exitCode).toBe(64);
    expect(messages).toContain(reason);
  });

  it("answers whoever scrapes until it is told to end", async () => {
    const running = project.start(["metrics", "--listen", "127.0.0.1:0"]);
    await expect.poll(running.messages, { timeout: 90_000 }).toMatch(/http:\S+\/metrics/);
    const url = /http:\S+\/metrics/.exec(running.messages())?.[0] ?? "";
    expect(await (await fetch(url)).text()).toContain('pgkeep_up{postgres_cluster="shop"} 1');
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ exitCode: 0, stdout: "" });
  });
});
