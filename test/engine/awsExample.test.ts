import { rmSync } from "node:fs";
import { CreateSubnetCommand, CreateVpcCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsClients, closeClients } from "../support/awsReplay/AwsClients.js";
import { replay } from "../support/awsReplay/replay.js";
import { copyExample } from "../support/engine/copyExample.js";
import { type Cli, missingEngine, type State, startCli } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { viewResources } from "../support/engine/viewResources.js";
import { type AnyS3, startMoto } from "../support/motoServer.js";

/** examples/aws-rds by the CLI, as its README says, without an account; then everything it declares sent to a server that speaks AWS's API. */
describe.skipIf(missingEngine() !== undefined || process.env.PGKEEP_MOTO === undefined)("examples/aws-rds", () => {
  let cli: Cli;
  let folder: string;
  let moto: AnyS3;
  const run = async (...args: string[]) => {
    const result = await cli.run(folder, [...args, "--stack", "preview"]);
    expect(result.exitCode, result.text).toBe(0);
    return result;
  };

  beforeAll(async () => {
    folder = copyExample("aws-rds");
    cli = await startCli({ providers: [awsProvider(), randomProvider()] });
    moto = await startMoto();
    await run("stack", "init");
  });
  afterAll(async () => {
    await cli?.dispose();
    await moto?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("previews without credentials, and is deployed without a difference afterwards", async () => {
    const preview = await run("preview");
    expect(preview.text).toMatch(/^ {4}\+ \d+ to create$/m);
    await run("up", "--yes", "--skip-preview");
    const again = await run("preview", "--expect-no-changes");
    expect(again.text).toMatch(/^ {4}\d+ unchanged$/m);
  });

  it("tells in sentences what is kept, where, and how it comes back", async () => {
    const { stdout } = await run("stack", "output", "effectivePolicy", "--json");
    const policies = JSON.parse(stdout) as Record<string, string>;
    const text = Object.entries(policies).map(([part, policy]) => `${part}\n${policy.replace(/^/gm, "  ")}`);
    await expect(`${text.join("\n\n")}\n`.replace(/-[0-9a-f]{7,8}\b/g, "-…")).toMatchFileSnapshot("golden/aws-example-policy.txt");
  });

  it("declares what a server that speaks AWS's API takes and gives back as it was", async () => {
    const { stdout } = await run("stack", "export", "--show-secrets");
    const given = await createNetwork(moto);
    const { replayed, without, differences } = await replay(moto, viewResources(JSON.parse(stdout) as State), given);
    expect(differences).toEqual([]);
    const lines = replayed.flatMap(({ type, count, equal, untold }) => [
      `${type} (${count})`,
      `  read back equal: ${equal.join(", ")}`,
      ...(untold.length === 0 ? [] : [`  taken, and not told: ${untold.join(", ")}`]),
    ]);
    const report = [...lines, "", "not implemented by moto 5.2:", ...without.map((type) => `  ${type}`), ""];
    await expect(report.join("\n")).toMatchFileSnapshot("golden/aws-example-moto.txt");
  });

  it("refuses to be destroyed, and neither data nor what guards it is gone afterwards", async () => {
    const resources = async () =>
      viewResources(JSON.parse((await run("stack", "export")).stdout) as State).filter(({ type }) => type.startsWith("aws:"));
    const guards = /^aws:(s3|kms\/key:|rds\/instance|backup\/vault)/;
    const standing = (views: Awaited<ReturnType<typeof resources>>) =>
      views.flatMap(({ type, name }) => (guards.test(type) && !type.includes("VaultLock") ? [`${type} ${name}`] : [])).sort();
    const before = standing(await resources());
    const { exitCode, text } = await cli.run(folder, ["destroy", "--yes", "--skip-preview", "--stack", "preview"]);
    expect(exitCode).not.toBe(0);
    expect(text).toContain("because it is protected");
    expect(before.length).toBeGreaterThan(25);
    expect(standing(await resources())).toEqual(before);
  });
});

/** What the example takes as given. */
async function createNetwork(server: AnyS3): Promise<Record<string, string>> {
  const clients = awsClients(server, "eu-central-1");
  try {
    const { Vpc } = await clients.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
    const subnet = async (zone: string, CidrBlock: string) =>
      (await clients.ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId ?? "", CidrBlock, AvailabilityZone: `eu-central-1${zone}` })))
        .Subnet?.SubnetId ?? "";
    return {
      "vpc-0123456789abcdef0": Vpc?.VpcId ?? "",
      "subnet-0123456789abcdef0": await subnet("a", "10.0.0.0/24"),
      "subnet-0123456789abcdef1": await subnet("b", "10.0.1.0/24"),
    };
  } finally {
    closeClients(clients);
  }
}
