import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { Project } from "./Project.js";
import { createShop, SHOP } from "./shop.js";

/** Gives a program a terminal, https://man7.org/linux/man-pages/man1/script.1.html */
const SCRIPT = "/usr/bin/script";

let server: TestServer;
let project: Project;

beforeAll(async () => {
  server = await startPostgres();
  await createShop(server);
});
afterAll(() => server?.stop());
beforeEach(async () => {
  project = new Project();
  project.configure(server.connection, SHOP);
  await server.psql("INSERT INTO job SELECT n, '{}' FROM generate_series(1, 1000) n ON CONFLICT DO NOTHING", "shop-jobs");
  await project.succeed(["backup"]);
  await server.psql("DELETE FROM job WHERE id > 1", "shop-jobs");
});
afterEach(() => project.remove());

/** Restores shop-jobs at a terminal, where somebody types an answer when asked. */
async function restoreAndType(answer: string, ...options: string[]): Promise<{ exitCode: number | null; screen: string }> {
  const command = [...project.commandLine(["restore", "latest", "--database", "shop-jobs", ...options])]
    .map((word) => `'${word}'`)
    .join(" ");
  const child = spawn(SCRIPT, ["-qefc", command, "/dev/null"], { cwd: project.folder, env: { ...project.variables(), TERM: "xterm" } });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    if (screen.includes("anything else to stop: ") && child.stdin.writable) child.stdin.end(`${answer}\r`);
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exitCode, screen };
}

const jobs = () => server.psql("SELECT count(*) FROM job", "shop-jobs");

describe.skipIf(missingPostgres(15) !== undefined || process.platform !== "linux" || !existsSync(SCRIPT))("at a terminal", () => {
  it("a database is replaced once its name was typed", async () => {
    const { exitCode, screen } = await restoreAndType("shop-jobs");
    expect(exitCode, screen).toBe(0);
    expect(screen).toContain("database shop-jobs exists at 127.0.0.1");
    expect(screen).toContain("Type its name to go on");
    expect(await jobs()).toBe("1000");
  });

  it("any other answer stops, and nothing is touched", async () => {
    const { exitCode, screen } = await restoreAndType("yes", "--in-place", "--clean");
    expect(exitCode, screen).toBe(64);
    expect(screen).toContain("everything in it is dropped");
    expect(screen).toContain("the name was not typed, so nothing was touched");
    expect(await jobs()).toBe("1");
  });

  it("who confirmed by option, or rehearses, is not asked", async () => {
    const rehearsed = await restoreAndType("never typed", "--dry-run", "--yes-replace", "shop-jobs");
    expect(rehearsed.exitCode, rehearsed.screen).toBe(0);
    const restored = await restoreAndType("never typed", "--yes-replace", "shop-jobs", "--drop-replaced");
    expect(restored.exitCode, restored.screen).toBe(0);
    expect(`${rehearsed.screen}${restored.screen}`).not.toContain("Type its name");
    expect(await jobs()).toBe("1000");
  });
});
