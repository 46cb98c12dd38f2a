import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { cacheFolder, makeOnce } from "./cache.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-cache-"));
  vi.stubEnv("PGKEEP_CACHE", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it("makes a thing once", async () => {
  let made = 0;
  const make = (place: string) => {
    made += 1;
    writeFileSync(join(place, "program"), "#!/bin/sh\n");
    return Promise.resolve();
  };
  const first = await makeOnce("tool-1", "making the tool", make);
  expect(await makeOnce("tool-1", "making the tool", make)).toBe(first);
  expect(made).toBe(1);
  expect(readFileSync(join(first, "program"), "utf8")).toBe("#!/bin/sh\n");
  expect(statSync(first).mode & 0o777).toBe(0o755);
});

it("leaves nothing of what failed, and tries again", async () => {
  const fail = (place: string) => {
    writeFileSync(join(place, "half"), "");
    return Promise.reject(new Error("no network"));
  };
  await expect(makeOnce("tool-1", "making the tool", fail)).rejects.toThrow("no network");
  expect(readdirSync(folder)).toEqual(["locks"]);
  await makeOnce("tool-1", "making the tool", () => Promise.resolve());
  expect(existsSync(join(folder, "tool-1"))).toBe(true);
});

it("sweeps what a killed set-up left", async () => {
  mkdirSync(join(folder, ".tool-1-draft-abc123"));
  await makeOnce("tool-1", "making the tool", () => Promise.resolve());
  expect(readdirSync(folder).sort()).toEqual(["locks", "tool-1"]);
});

it("makes a thing once when several processes want it at once, one of them killed while it works", async () => {
  const script = join(folder, "maker.mjs");
  writeFileSync(
    script,
    `import { appendFileSync, writeFileSync } from "node:fs";
     import { join } from "node:path";
     import { setTimeout as sleep } from "node:timers/promises";
     import { makeOnce } from ${JSON.stringify(new URL("cache.mjs", import.meta.url).href)};
     await makeOnce("tool-1", "making the tool", async (place) => {
       appendFileSync(${JSON.stringify(join(folder, "log"))}, "begun\\n");
       if (process.argv[2] === "dies") process.kill(process.pid, "SIGKILL");
       await sleep(300);
       writeFileSync(join(place, "program"), "");
       appendFileSync(${JSON.stringify(join(folder, "log"))}, "made\\n");
     });`,
  );
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args]);
  await expect(run("dies")).rejects.toMatchObject({ signal: "SIGKILL" });
  await Promise.all([run(), run(), run(), run()]);
  expect(readFileSync(join(folder, "log"), "utf8")).toBe("begun\nbegun\nmade\n");
  expect(readdirSync(folder).filter((name) => name.includes("tool-1"))).toEqual(["tool-1"]);
});

it("is where the account that runs root's servers can read it", () => {
  vi.stubEnv("PGKEEP_CACHE", "");
  vi.stubEnv("XDG_CACHE_HOME", folder); // made by mkdtemp, so closed to everybody else
  expect(cacheFolder()).toBe(process.getuid?.() === 0 ? "/var/cache/pgkeep" : join(folder, "pgkeep"));
});
