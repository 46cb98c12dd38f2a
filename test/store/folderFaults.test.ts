import { type ExecFileSyncOptions, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeStored } from "../../packages/agent/src/codec/writeStored.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { problemOf } from "../support/problemOf.js";
import { childArguments } from "./childArguments.js";
import type { PutOrder } from "./putProcess.mjs";
import { keysOf } from "./reading.js";
import { type FolderUnderTest, folderUnderTest, storeConfig } from "./storeUnderTest.js";
import { MIB, randomStream, someBytes, stallingAfter } from "./streams.js";

let under: FolderUnderTest;
let store: Store;
beforeEach(async () => {
  under = await folderUnderTest();
  store = under.store;
});
afterEach(() => under.close());

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const openAt = (folder: string) => openStore(storeConfig(`file://${folder}`), {});
/** Every way to use a store must say the same. */
const everyProblem = async (of: Store) => [
  await problemOf(of.put("a/b", someBytes(10))),
  await problemOf(of.putDocument("a/c.json", "x")),
  await problemOf(of.clock("a/")),
];

it("makes its folder and everything in it readable by its owner only, whatever the umask", async () => {
  const umask = process.umask(0);
  try {
    await store.put("cluster/points/object", someBytes(10));
    await store.putDocument("cluster/manifests/one.json", "x");
  } finally {
    process.umask(umask);
  }
  const root = join(under.folder, "store");
  for (const folder of ["", "cluster", "cluster/points", "cluster/manifests"]) expect(modeOf(join(root, folder))).toBe("700");
  for (const file of ["cluster/points/object", "cluster/manifests/one.json"]) expect(modeOf(join(root, file))).toBe("600");
});

describe("a writer that is killed", () => {
  it("leaves a file that says what it is, that no listing shows and that disturbs nobody", async () => {
    const order: PutOrder = { url: store.description, key: "cluster/points/object", bytes: 8 * 1024 ** 3, recipients: [] };
    const child = spawn(process.execPath, childArguments("putProcess.mts", order), { stdio: "inherit" });
    const ended = new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)));
    try {
      await expect.poll(() => under.unfinished(), { timeout: 60_000 }).toHaveLength(1);
      const folder = join(under.folder, "store/cluster/points");
      await expect.poll(() => statSync(join(folder, readdirSync(folder)[0] ?? "")).size, { timeout: 60_000 }).toBeGreaterThan(MIB);
    } finally {
      child.kill("SIGKILL");
    }
    expect(await ended).toBe("SIGKILL");
    expect(await under.unfinished()).toEqual([expect.stringMatching(/^cluster\/points\/\.pgkeep-[0-9a-f-]{36}\.partial$/)]);
    expect(await keysOf(store)).toEqual([]);
    expect(await store.read("cluster/points/object")).toBeUndefined();
    await store.put("cluster/points/object", someBytes(10));
    expect(await keysOf(store)).toEqual(["cluster/points/object"]);
  });
});

describe("no room", () => {
  it("on the disk: exit code 73, nothing visible, nothing left, and the producer is told", async () => {
    const mounted = mountSmallDisk(under.folder);
    try {
      const small = await openAt(join(mounted.folder, "store"));
      await small.putDocument("before.json", "there is room for this");
      const body = stallingAfter(40 * MIB);
      const problem = await problemOf(small.put("object", body));
      expect(problem.exitCode).toBe(ExitCode.NoSpace);
      expect(problem.message).toMatch(/store\/object: no room is left.*ENOSPC/s);
      expect(body.destroyed).toBe(true);
      const stored = await problemOf(writeStored(small, "stored", randomStream(40 * MIB), { level: 1 }));
      expect(stored.exitCode).toBe(ExitCode.NoSpace);
      expect(await keysOf(small)).toEqual(["before.json"]);
      expect(readdirSync(join(mounted.folder, "store"))).toEqual(["before.json"]);
      await small.putDocument("after.json", "there is room again");
    } finally {
      mounted.unmount();
    }
  });

  it("by a limit on the size of files: the same", async () => {
    // In the shell that starts it, as an administrator would set it (ulimit counts in blocks of 512 or 1024 bytes).
    const order: PutOrder = { url: store.description, key: "object", bytes: 40 * MIB, recipients: [] };
    const quoted = [process.execPath, ...childArguments("putProcess.mts", order)].map((word) => `'${word}'`).join(" ");
    const run = () => execFileSync("sh", ["-c", `ulimit -f 4096; exec ${quoted}`], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    expect(run).toThrow(/a file may not become this large there.*EFBIG/s);
    expect(await keysOf(store)).toEqual([]);
    expect(await under.unfinished()).toEqual([]);
  });
});

describe("said in words", () => {
  it("a file system that is not mounted: the folder's parent is missing", async () => {
    const away = await openAt(join(under.folder, "not-mounted/pgkeep"));
    for (const problem of [...(await everyProblem(away)), await problemOf(keysOf(away)), await problemOf(away.readDocument("a"))]) {
      expect(problem.exitCode).toBe(ExitCode.Configuration);
      expect(problem.message).toMatch(/store.url: the folder .*not-mounted does not exist.*not mounted.*mkdir -p/s);
    }
    expect(existsSync(join(under.folder, "not-mounted"))).toBe(false);
  });

  it("a file where the folder should be", async () => {
    writeFileSync(join(under.folder, "file"), "");
    for (const problem of await everyProblem(await openAt(join(under.folder, "file")))) {
      expect(problem.exitCode).toBe(ExitCode.Configuration);
      expect(problem.message).toMatch(/there is a file where a folder should be/);
    }
  });

  it("a folder that may not be written, or not be read", async () => {
    const folder = join(under.folder, "closed");
    mkdirSync(folder, { mode: 0o500 });
    writeFileSync(join(folder, "secret"), "x", { mode: 0o000 });
    await asOrdinaryUser([under.folder, folder], async () => {
      const closed = await openAt(folder);
      const problems = [...(await everyProblem(closed)), await problemOf(closed.read("secret"))];
      for (const problem of problems) {
        expect(problem.exitCode).toBe(ExitCode.Permission);
        expect(problem.message).toMatch(/does not allow it/);
      }
    });
  });
});

describe("a symbolic link inside the store", () => {
  it("is refused on every way, even when it leads to something of the store", async () => {
    const outside = mkdtempSync(join(tmpdir(), "pgkeep-outside-"));
    try {
      await store.putDocument("cluster/inside.json", "x");
      writeFileSync(join(outside, "secret"), "not to be read");
      symlinkSync(outside, join(under.folder, "store/cluster/points"));
      symlinkSync(join(outside, "secret"), join(under.folder, "store/cluster/manifest.json"));
      const ways = [
        () => store.read("cluster/points/secret"),
        () => store.readDocument("cluster/manifest.json"),
        () => store.put("cluster/points/new", someBytes(10)),
        () => store.putDocument("cluster/points/deep/new", "x"),
        () => store.clock("cluster/points/"),
        () => keysOf(store, "cluster/"),
        () => keysOf(store, "cluster/points/"),
      ];
      for (const way of ways) {
        const problem = await problemOf(way());
        expect(problem.exitCode).toBe(ExitCode.Configuration);
        expect(problem.message).toMatch(/symbolic link lies inside the store/);
      }
      expect(readdirSync(outside)).toEqual(["secret"]);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it("is no matter when the store's folder itself is one", async () => {
    mkdirSync(join(under.folder, "disk"));
    symlinkSync(join(under.folder, "disk"), join(under.folder, "link"));
    const linked = await openAt(join(under.folder, "link"));
    await linked.putDocument("a/b.json", "x");
    expect(await keysOf(linked)).toEqual(["a/b.json"]);
  });
});

it("skips what others put there: hidden files, strange names, sockets", async () => {
  await store.putDocument("a/ours.json", "x");
  const folder = join(under.folder, "store/a");
  for (const name of [".DS_Store", "two words", "grüße", "back\\slash"]) writeFileSync(join(folder, name), "");
  mkdirSync(join(folder, ".snapshot"));
  execFileSync("mkfifo", [join(folder, "fifo")]);
  expect(await keysOf(store)).toEqual(["a/ours.json"]);
});

/** A disk of 16 MiB: a file system in memory on Linux, mounted as root or in a user's own namespace; an image on macOS. */
function mountSmallDisk(parent: string): { folder: string; unmount(): void } {
  const folder = join(parent, "disk");
  mkdirSync(folder);
  const quietly: ExecFileSyncOptions = { stdio: ["ignore", "ignore", "pipe"] };
  if (process.platform === "darwin") {
    const image = join(parent, "disk.dmg");
    execFileSync("hdiutil", ["create", "-size", "16m", "-fs", "HFS+", "-volname", "pgkeep", image], quietly);
    execFileSync("hdiutil", ["attach", "-nobrowse", "-mountpoint", folder, image], quietly);
    return { folder, unmount: () => void execFileSync("hdiutil", ["detach", "-force", folder], quietly) };
  }
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], quietly);
  } catch (error) {
    throw new Error("this test fills a disk, and mounts one of 16 MiB for it: run it as root", { cause: error });
  }
  return { folder, unmount: () => void execFileSync("umount", [folder], quietly) };
}

/** Permissions do not bind root: work is then done as `nobody`, who is given the folders. */
async function asOrdinaryUser(folders: string[], work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return await work();
  const nobody = 65_534;
  for (const folder of folders) execFileSync("chown", [String(nobody), folder]);
  chmodSync(folders[0] ?? "", 0o755);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
