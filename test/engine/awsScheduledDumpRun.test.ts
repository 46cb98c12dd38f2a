import { secretJsonKey } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RetentionPreset, ScheduledDump, SslMode } from "../../packages/aws/src/index.js";
import { type Ended, Project } from "../agent/Project.js";
import { createShop, SHOP } from "../agent/shop.js";
import { DUMP, PRUNER_POLICY } from "../support/dumpArguments.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";

interface Container {
  command: string[];
  environment: { name: string; value: string }[];
  secrets: { name: string; valueFrom: string }[];
}

const missing = missingEngine() ?? missingPostgres(15) ?? missingS3();

/**
 * What ECS would give the container, given to the real program. Neither Scheduler nor ECS is here: this test replaces Scheduler's keywords and reads the
 * secrets by their ARN, as those two document it, and names another S3 than Amazon's. Nothing else of the container is changed.
 */
describe.skipIf(missing !== undefined)("what ScheduledDump gives the container", () => {
  let server: TestServer;
  let s3: TestS3;
  let stack: EngineStack;
  let project: Project;
  let secrets: Record<string, string | undefined>;

  beforeAll(async () => {
    server = await startPostgres();
    await createShop(server);
    s3 = await startS3();
    await s3.createBucket("shop-backups");
    const { host, port, user, password } = server.connection;
    const passwordSecretArn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/dump-AbCdEf";
    secrets = { [secretJsonKey(passwordSecretArn, "password")]: password };
    stack = await startStack({
      program: () => {
        const { agentConfiguration } = new ScheduledDump("nightly", {
          ...DUMP,
          databases: SHOP,
          server: { host, port, username: user, passwordSecretArn, sslMode: SslMode.Disable },
          store: { ...DUMP.store, url: "s3://shop-backups/postgres", region: "us-east-1", prunerPolicy: PRUNER_POLICY },
          retention: { preset: RetentionPreset.Development },
          retentionSchedule: "0 6 * * *",
        });
        return Promise.resolve({ agentConfiguration });
      },
      providers: [awsProvider()],
    });
    await stack.up();
    project = new Project();
  });
  afterAll(async () => {
    project?.remove();
    await stack?.dispose();
    await s3?.stop();
    await server?.stop();
  });

  /** What the program is started with, for one time of the schedule. */
  async function container(
    task: string,
    schedule: string,
    time: string,
  ): Promise<{ command: string[]; environment: Record<string, string> }> {
    const resources = await stack.resources();
    const outputsOf = (type: string, name: string) => resources.find((one) => one.type === type && one.name === name)?.outputs ?? {};
    const definition = outputsOf("aws:ecs/taskDefinition:TaskDefinition", task).containerDefinitions as string;
    const [{ command, environment, secrets: named } = expect.fail(definition)] = JSON.parse(definition) as Container[];
    const { target, arn } = outputsOf("aws:scheduler/schedule:Schedule", schedule) as { target: { input?: string }; arn: string };
    const input = (target.input ?? '{"containerOverrides":[]}')
      .replaceAll("<aws.scheduler.scheduled-time>", time)
      .replaceAll("<aws.scheduler.schedule-arn>", arn);
    expect(input, "a keyword that Scheduler replaces and this test does not").not.toContain("<aws.");
    const overrides = (JSON.parse(input) as { containerOverrides: Pick<Container, "environment">[] }).containerOverrides;
    const plain = [...environment, ...overrides.flatMap((override) => override.environment)].map(({ name, value }) => [name, value]);
    const read = named.map(({ name, valueFrom }) => [name, secrets[valueFrom] ?? expect.fail(`there is no secret ${valueFrom}`)]);
    const variables = Object.fromEntries([...plain, ...read]) as Record<string, string>;
    const elsewhere = { store: { url: "s3://shop-backups/postgres", region: "us-east-1", endpoint: s3.endpoint, forcePathStyle: true } };
    const configuration = { ...(JSON.parse(variables.PGKEEP_CONFIG_YAML ?? "") as object), ...elsewhere };
    return { command, environment: { ...variables, PGKEEP_CONFIG_YAML: JSON.stringify(configuration) } };
  }

  async function run(task: string, schedule: string, time: string, words?: string[]): Promise<Ended> {
    const { command, environment } = await container(task, schedule, time);
    // Of the task's role on AWS.
    const credentials = { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey };
    return await project.run(words ?? command, { environment: { ...environment, ...credentials, TMPDIR: project.environment.TMPDIR } });
  }

  const dump = (time: string, words?: string[]) => run("nightly-task", "nightly-dump", time, words);
  async function points(): Promise<string[]> {
    const { exitCode, stdout, stderr } = await dump("2026-11-21T02:00:00Z", ["list", "--json"]);
    expect(exitCode, stderr).toBe(0);
    return (JSON.parse(stdout) as { recoveryPoints: { id: string }[] }).recoveryPoints.map(({ id }) => id);
  }

  it("takes one backup for one time of the schedule, however often it is invoked", async () => {
    for (const attempt of [1, 2]) {
      const { exitCode, stderr } = await dump("2026-11-21T02:00:00Z");
      expect(exitCode, `attempt ${attempt}: ${stderr}`).toBe(0);
    }
    expect(await points()).toEqual([expect.stringMatching(/^20261121T020000Z-/)]);
    expect((await dump("2026-11-22T02:00:00Z")).exitCode).toBe(0);
    expect(await points()).toEqual([expect.stringMatching(/^20261121T020000Z-/), expect.stringMatching(/^20261122T020000Z-/)]);
  });

  it("tells in its log the age that the alarm watches, under the name that it watches", async () => {
    const { stderr } = await dump("2026-11-22T02:00:00Z");
    const lines = stderr.trimEnd().split("\n");
    // A log of lines, each of which is JSON: a container's log is read by machines.
    const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(read.filter((line) => line._aws !== undefined)).toEqual([
      expect.objectContaining({ Cluster: "shop", NewestCheckedAge: expect.any(Number) }),
    ]);
    const alarm = (await stack.resources()).find(({ name }) => name === "nightly-freshness")?.outputs;
    expect(alarm).toMatchObject({ namespace: "pgkeep", metricName: "NewestCheckedAge", dimensions: { Cluster: "shop" } });
  });

  it("names itself in the audit trail", async () => {
    const { stdout } = await dump("2026-11-22T02:00:00Z", ["audit", "--json"]);
    expect(stdout).toContain('"who":"ScheduledDump nightly"');
  });

  it("lets the pruner apply retention with neither password nor database", async () => {
    const { command, environment } = await container("nightly-prune-task", "nightly-prune", "2026-11-22T06:00:00Z");
    expect(command).toEqual(["retention", "apply", "--yes", "--deadline", "2h", "--log-format", "json"]);
    expect(environment).not.toHaveProperty("PGPASSWORD");
    expect(environment).not.toHaveProperty("PGKEEP_SLOT");
    const { exitCode, stderr } = await run("nightly-prune-task", "nightly-prune", "2026-11-22T06:00:00Z");
    expect(exitCode, stderr).toBe(0);
    expect(await points()).toHaveLength(2);
  });
});
