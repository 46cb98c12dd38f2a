import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ExitCode, Verdict } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { runDrill } from "../../packages/agent/src/drill/drill.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { scratchSidecar } from "../../packages/kubernetes/src/restoreDrill/scratchSidecar.js";
import { backUp, newFolderStore, testConfig } from "../support/backupRun.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { createLargeDatabase } from "../support/largeDatabase.js";
import { missingPostgres, startPostgres } from "../support/postgresServer.js";
import { serverAccount } from "../support/serverAccount.js";

const run = promisify(execFile);
/** The Pod's group, which is the agent's: both containers have it. */
const GROUP = 65_532;

/** What the sidecar of a drill runs, on this machine: under a folder instead of at /scratch, and with the programs of its PATH. */
async function commandOf(major: number, folder: string): Promise<string[]> {
  const container = scratchSidecar({ image: "" }, "", { major: pulumi.output(major) } as never, {} as never);
  const args = await new Promise<string[]>((resolve) => void (container.args as pulumi.Output<string[]>).apply(resolve));
  return [...(container.command as string[]), ...args].map((word) => word.replaceAll("/scratch/", `${folder}/`));
}

// Only root may run something as another user and group.
describe.skipIf(process.getuid?.() !== 0 || missingPostgres(15) !== undefined)("the server beside a drill in Kubernetes", () => {
  const folder = mkdtempSync("/tmp/pgkeep-sidecar-");
  let server: ChildProcess | undefined;
  afterEach(() => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(major: number): Promise<{ log(): string }> {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    // As the kubelet gives volumes to a Pod with an fsGroup.
    for (const part of ["socket", "data"]) {
      mkdirSync(join(folder, part), { recursive: true });
      chownSync(join(folder, part), 0, GROUP);
      chmodSync(join(folder, part), 0o2775);
    }
    const [program = "", ...args] = await commandOf(major, folder);
    server = spawn(program, args, {
      uid: serverAccount()?.uid ?? 0,
      gid: GROUP,
      cwd: "/",
      env: { PATH: process.env.PATH, HOME: tmpdir() },
    });
    let text = "";
    for (const stream of [server.stdout, server.stderr]) stream?.on("data", (part: Buffer) => (text += part.toString()));
    return { log: () => text };
  }

  it("serves another user of its group by a socket and nobody by TCP, proves a recovery point, and leaves nothing behind", async () => {
    const source = await startPostgres();
    const target = await newFolderStore();
    try {
      await createEveryObject(source, "every");
      const { manifest } = await backUp({ connection: source.connection, store: target.store, databases: ["every"] });
      const { log } = await start(15);
      const connection = { host: join(folder, "socket"), port: 5432, user: "postgres", sslmode: "disable", retryFor: "60s" };
      const result = await runDrill({
        config: testConfig(["every"], { drill: { connection, disposable: true, major: 15, workFolder: join(folder, "data") } }),
        store: target.store,
        manifest,
        identities: [],
        scratchConnection: { ...source.connection, host: connection.host, port: 5432 },
        reporter: silentReporter,
      });
      expect(
        result.checks.filter(({ verdict }) => verdict !== Verdict.Pass),
        log(),
      ).toEqual([]);
      expect(result).toMatchObject({ verdict: Verdict.Pass, scratch: { kind: "own" } });

      const socket = join(folder, "socket", ".s.PGSQL.5432");
      expect((statSync(socket).mode & 0o777).toString(8)).toBe("770");
      const asked = ["--reuid=65532", `--regid=${GROUP}`, "--clear-groups", "psql", "-h", connection.host, "-U", "postgres", "-Atc"];
      expect((await run("setpriv", [...asked, "SHOW listen_addresses"])).stdout.trim()).toBe("");
      await expect(run("setpriv", [...asked.with(1, "--regid=65533"), "SELECT 1"])).rejects.toThrow(/Permission denied/);

      server?.kill("SIGTERM");
      await once(server as ChildProcess, "close");
      expect(readdirSync(join(folder, "data"))).toEqual([]);
    } finally {
      await source.stop();
      await target.remove();
    }
  });

  it.each(["restore", "comparison"])("takes its end in the midst of the %s for no fault of the recovery point", async (phase) => {
    const source = await startPostgres();
    const target = await newFolderStore();
    try {
      await createLargeDatabase(source, "large", 60_000_000);
      const { manifest } = await backUp({ connection: source.connection, store: target.store, databases: ["large"] });
      await start(15);
      const connection = { host: join(folder, "socket"), port: 5432, user: "postgres", sslmode: "disable", retryFor: "60s" };
      const kill = () => {
        process.kill(Number.parseInt(readFileSync(join(folder, "data", "server", "postmaster.pid"), "utf8"), 10), "SIGKILL");
      };
      const drill = runDrill({
        config: testConfig(["large"], { drill: { connection, disposable: true, workFolder: join(folder, "data") } }),
        store: target.store,
        manifest,
        identities: [],
        scratchConnection: { ...source.connection, host: connection.host, port: 5432 },
        reporter: silentReporter,
        ...(phase === "comparison" ? { beforeComparison: async () => kill() } : {}),
      });
      drill.catch(() => undefined);
      if (phase === "restore") {
        const asked = [
          "-h",
          connection.host,
          "-U",
          "postgres",
          "-Atc",
          "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY public.big%'",
        ];
        await expect
          .poll(async () => (await run("psql", asked).catch(() => ({ stdout: "0" }))).stdout.trim(), { timeout: 60_000 })
          .toBe("1");
        kill();
      }
      await expect(drill).rejects.toMatchObject({ exitCode: expect.toBeOneOf([ExitCode.Unavailable, ExitCode.TryAgain]) });
      expect(readdirSync(join(target.folder, "test"))).not.toContain("drills");
    } finally {
      await source.stop();
      await target.remove();
    }
  });
});
