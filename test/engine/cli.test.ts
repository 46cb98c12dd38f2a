import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cli, missingEngine, packageSchema, runCli, startCli } from "../support/engine/index.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { writePackage } from "./tinyPackage.js";

const folder = fileURLToPath(new URL("programs/vault", import.meta.url));

describe.skipIf(missingEngine() !== undefined)("the CLI, as a user types it", () => {
  let cli: Cli;
  const run = (...args: string[]) => cli.run(folder, args);

  beforeAll(async () => {
    cli = await startCli({ providers: [randomProvider()] });
  });
  afterAll(async () => await cli?.dispose());

  it("previews and deploys a Pulumi.yaml, and leaves nothing in its folder", async () => {
    expect(await run("stack", "init", "dev", "--no-select")).toMatchObject({ exitCode: 0 });
    const options = ["--stack", "dev", "--config", "vault:length=12", "--config-file", `${cli.environment.PULUMI_HOME}/dev.yaml`];
    const preview = await run("preview", "--diff", ...options);
    expect(preview.exitCode, preview.text).toBe(0);
    expect(preview.text).toContain("+ random:index/randomPassword:RandomPassword: (create)");
    const up = await run("up", "--yes", "--skip-preview", ...options);
    expect(up).toMatchObject({ exitCode: 0 });
    expect(up.text).toContain("[secret]");
    const output = await run("stack", "output", "password", "--show-secrets", "--stack", "dev");
    expect(output.stdout.trim()).toHaveLength(12);
  });

  it("says what a program lacks, without an exit code of 0", async () => {
    const { exitCode, text } = await run("preview", "--stack", "dev", "--config-file", `${cli.environment.PULUMI_HOME}/none.yaml`);
    expect(exitCode).not.toBe(0);
    expect(text).toContain("Missing required configuration variable 'vault:length'");
  });

  it("answers with the schema of a package of components, as the guard reads it without the CLI", async () => {
    const place = mkdtempSync(join(tmpdir(), "pgkeep-plugin-"));
    writePackage(place);
    const { exitCode, stdout, text } = await runCli(place, ["package", "get-schema", "."]);
    expect(exitCode, text).toBe(0);
    const { resources } = JSON.parse(stdout) as ReturnType<typeof packageSchema>;
    const box = { description: "A box.", inputProperties: { length: { type: "number" } }, properties: { colour: { type: "string" } } };
    expect(resources).toMatchObject({ "tiny:index:Box": box });
    expect(packageSchema(place).resources).toMatchObject({ "tiny:index:Box": box });
    rmSync(place, { recursive: true, force: true });
  });
});
