import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { describe, expect, it, test } from "vitest";
import { readSecret } from "./readSecret.js";
import { temporaryFile, temporaryFolder } from "./temporaryFolder.fixture.js";

const configuration = (part: string) =>
  expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining(part) });

describe("a secret", () => {
  it("is the variable, the file that the other variable names, or neither", async () => {
    expect(await readSecret({ NAME: "hunter2" }, "NAME")).toBe("hunter2");
    expect(await readSecret({ NAME_FILE: await temporaryFile("secret", "hunter2") }, "NAME")).toBe("hunter2");
    expect(await readSecret({}, "NAME")).toBeUndefined();
    expect(await readSecret({ NAME: "", NAME_FILE: "" }, "NAME")).toBeUndefined();
  });

  test.each([
    ["hunter2\n", "hunter2"],
    ["hunter2\r\n\n", "hunter2"],
    [" hunter2 \n", " hunter2 "],
    ["\uFEFFhunter2", "hunter2"],
    ["two\nlines\n", "two\nlines"],
  ])("in a file as %j is %j", async (content, secret) => {
    expect(await readSecret({ NAME_FILE: await temporaryFile("secret", content) }, "NAME")).toBe(secret);
  });

  it("may come through a link, as Kubernetes mounts it", async () => {
    const link = join(await temporaryFolder(), "link");
    await symlink(await temporaryFile("secret", "hunter2"), link);
    expect(await readSecret({ NAME_FILE: link }, "NAME")).toBe("hunter2");
  });

  it("may come through a pipe, as a shell's <(command) gives it", async () => {
    const pipe = join(await temporaryFolder(), "pipe");
    execFileSync("sh", ["-c", 'mkfifo "$0"', pipe]);
    const read = readSecret({ NAME_FILE: pipe }, "NAME");
    execFileSync("sh", ["-c", 'printf hunter2 > "$0"', pipe]);
    expect(await read).toBe("hunter2");
  });
});

describe("a secret is refused", () => {
  it("when both variables are set", async () => {
    await expect(readSecret({ NAME: "hunter2", NAME_FILE: "/x" }, "NAME")).rejects.toThrow(
      configuration("NAME and NAME_FILE: both are set"),
    );
    await expect(readSecret({ NAME: "hunter2", NAME_FILE: "/x" }, "NAME")).rejects.not.toThrow("hunter2");
  });
  it("when its file is missing", async () => {
    await expect(readSecret({ NAME_FILE: "/nonexistent/file" }, "NAME")).rejects.toThrow(configuration("there is no such file"));
  });
  test.each([
    ["", "empty"],
    ["\n", "empty"],
    [new Uint8Array([1, 0, 2]), "binary"],
    ["x".repeat(1_100_000), "larger than any key"],
  ])("when its file is not what a secret looks like (%#)", async (content, reason) => {
    await expect(readSecret({ NAME_FILE: await temporaryFile("secret", content) }, "NAME")).rejects.toThrow(configuration(reason));
  });
  it("when its file is a folder", async () => {
    await expect(readSecret({ NAME_FILE: await temporaryFolder() }, "NAME")).rejects.toThrow(configuration("this is a folder"));
  });

  test.each([0o640, 0o604, 0o644, 0o620, 0o602])("when others may use its file (mode %o), and the way out is named", async (mode) => {
    const path = await temporaryFile("secret", "hunter2", mode);
    await expect(readSecret({ NAME_FILE: path }, "NAME")).rejects.toThrow(configuration(`chmod 600 ${path}`));
    await expect(readSecret({ NAME_FILE: path }, "NAME")).rejects.not.toThrow("hunter2");
  });

  it("when the agent's user may not read it", async () => {
    const folder = await temporaryFolder();
    const inner = join(folder, "inner");
    await mkdir(inner, { mode: 0o700 });
    const path = await temporaryFile("secret", "hunter2");
    const closed = join(inner, "secret");
    await symlink(path, closed);
    await chmod(inner, 0o000);
    const nobody = 65_534;
    const isRoot = process.geteuid?.() === 0;
    // Root may read everything, so the test steps down for the moment of reading.
    if (isRoot) process.seteuid?.(nobody);
    try {
      await expect(readSecret({ NAME_FILE: closed }, "NAME")).rejects.toThrow(
        expect.objectContaining({ exitCode: ExitCode.Permission, message: expect.stringContaining("may not read this file") }),
      );
    } finally {
      if (isRoot) process.seteuid?.(0);
      await chmod(inner, 0o700);
    }
  });
});
