import { basename } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runIdentity } from "../../packages/agent/src/configuration/runIdentity.js";
import { DumpCronJob, type DumpCronJobArgs, KubernetesImagePullPolicy, SslMode } from "../../packages/kubernetes/src/index.js";
import { Project } from "../agent/Project.js";
import { createShop } from "../agent/shop.js";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type HoldingProxy, startHoldingProxy } from "../support/cluster/holdingProxy.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";
import { killContainer } from "../support/cluster/killContainer.js";
import { type JobsInSight, seeJobs } from "../support/cluster/seeJobs.js";
import { untilSeen } from "../support/cluster/untilSeen.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { KILL_PHASES, type KillPhase, LARGE, Way } from "./killed/killPhases.js";
import { StoreUnderKill } from "./killed/storeUnderKill.js";

const NAMESPACE = "dump-killed";
const missing = missingSharedCluster() ?? missingEngine() ?? missingPostgres(15) ?? missingS3();
/** The lock of a run that was killed outlives it by five minutes, and as long its Job tries again. */
const MOST_SECONDS = 480;
/** The exit code that Kubernetes tells of a container which SIGKILL ended. */
const KILLED = 128 + 9;

interface Kill extends KillPhase {
  /** Of the CronJob, and of its cluster in the store. */
  cronJob: string;
  way: Way;
}

const KILLS = KILL_PHASES.flatMap((phase) =>
  phase.ways.map((way): Kill => ({ ...phase, way, cronJob: `${phase.name}-${way === Way.Kill ? "killed" : "deleted"}` })),
);

/**
 * A Pod that is killed in each phase of its run, all of them at the same time, each with a CronJob and a history of its own: the lock of a run that was
 * killed without a word outlives it by five minutes, which need to be waited for once only. Jobs bear names of slots, as the controller gives them.
 */
describe.skipIf(missing !== undefined)("a dump whose Pod is killed", () => {
  let cluster: JoinedCluster;
  let server: TestServer;
  let s3: TestS3;
  let proxy: HoldingProxy;
  let stack: EngineStack;
  let project: Project;
  let jobs: JobsInSight;
  let courses: Map<string, Promise<void>>;

  beforeAll(async () => {
    cluster = joinCluster();
    jobs = seeJobs(cluster, NAMESPACE);
    project = new Project();
    server = await startPostgres({ settings: { max_connections: 300 } });
    await createShop(server);
    for (const { name, cronJob } of KILLS.filter((kill) => kill.name === "freeze")) {
      await server.psql(`CREATE DATABASE "${cronJob}"`);
      await server.psql(`CREATE TABLE wanted AS SELECT '${name}' AS text`, cronJob);
    }
    await server.psql(`CREATE DATABASE ${LARGE}`);
    const noise = [1, 2, 3, 4, 5, 6, 7, 8].map((salt) => `decode(md5(${salt} || '-' || n), 'hex')`).join(" || ");
    await server.psql(`CREATE TABLE noise AS SELECT n, ${noise} AS bytes FROM generate_series(1, 400000) n`, LARGE);
    s3 = await startS3();
    await s3.createBucket("shop-backups");
    proxy = await startHoldingProxy(s3.endpoint);
    await cluster.expose(server.connection.port);
    await cluster.expose(proxy.port);

    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
    const secret = { id: s3.accessKey, secret: s3.secretKey, password: server.connection.password };
    await cluster.apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "shop", namespace: NAMESPACE }, stringData: secret });
    stack = await startStack({
      program: () => {
        const declared = KILLS.map((kill) => [kill.cronJob, new DumpCronJob(kill.cronJob, declaration(kill)).agentConfiguration] as const);
        return Promise.resolve(Object.fromEntries(declared));
      },
      providers: [kubernetesProvider()],
      secrets: { "kubernetes:kubeconfig": cluster.kubeconfig },
    });
    await stack.up();
    const outputs = await stack.outputs();
    courses = new Map(
      KILLS.map((kill) => [kill.cronJob, course(kill, new StoreUnderKill(s3, project, outputs[kill.cronJob]?.value as string))]),
    );
    // Each is awaited by its own test, perhaps after it failed.
    for (const one of courses.values()) one.catch(() => undefined);
  });
  afterAll(async () => {
    await stack?.destroy();
    await stack?.dispose();
    await proxy?.stop();
    project?.remove();
    await s3?.stop();
    await server?.stop();
    await cluster?.leave();
  });

  function declaration({ cronJob, databases, prunes }: Kill): DumpCronJobArgs {
    const { port, user } = server.connection;
    return {
      namespace: NAMESPACE,
      cluster: cronJob,
      databases: databases.length > 0 ? [...databases] : [cronJob],
      server: { host: cluster.hostAddress, port, username: user, passwordSecret: { name: "shop", key: "password" } },
      tls: { mode: SslMode.Disable },
      store: {
        url: "s3://shop-backups/postgres",
        endpoint: `http://${cluster.hostAddress}:${proxy.port}`,
        region: "us-east-1",
        forcePathStyle: true,
      },
      secrets: { AWS_ACCESS_KEY_ID: { name: "shop", key: "id" }, AWS_SECRET_ACCESS_KEY: { name: "shop", key: "secret" } },
      image: AGENT_IMAGE,
      allowImageTag: true,
      imagePullPolicy: KubernetesImagePullPolicy.Never,
      // Only by hand.
      schedule: "0 2 1 1 *",
      suspend: true,
      // Longer than it takes to find and kill somebody who waits.
      dump: { lockTimeout: "2m", snapshotTimeout: "4m" },
      network: { policies: false },
      ...(prunes ? { retention: { keepLast: 1, minimum: 1, afterBackup: true } } : {}),
    };
  }

  /** Makes the Job of a slot, as the controller would, and tells which recovery point is its own. */
  async function startSlot(cronJob: string, slot: Date): Promise<{ job: string; id: string }> {
    const job = `${cronJob}-${slot.getTime() / 60_000}`;
    await cluster.kubectl("create", "job", job, `--from=cronjob/${cronJob}`, `--namespace=${NAMESPACE}`);
    const { metadata } = await untilSeen(job, async () => await jobs.job(job));
    const { run } = runIdentity({ PGKEEP_RUN_ID: metadata.uid, PGKEEP_JOB_NAME: job });
    return { job, id: `${slot.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z-${run}` };
  }

  async function killPodOf(job: string, way: Way): Promise<void> {
    const name = (await jobs.podsOf(job))[0]?.metadata.name ?? "";
    if (way === Way.Kill) await killContainer(cluster, NAMESPACE, name);
    else await cluster.kubectl("delete", "pod", name, "--grace-period=0", "--force", `--namespace=${NAMESPACE}`);
    await untilSeen(`the end of ${name}`, async () => {
      const known = (await jobs.podsOf(job)).find(({ metadata }) => metadata.name === name);
      return known === undefined || known.status.phase === "Failed" ? true : undefined;
    });
  }

  async function completed(job: string): Promise<void> {
    expect(await jobs.end(job, MOST_SECONDS), job).toMatchObject({ type: "Complete" });
  }

  /** What becomes of a run that is killed, and of the next. */
  async function course(kill: Kill, store: StoreUnderKill): Promise<void> {
    const { cronJob, way, left, committed, prunes } = kill;
    const now = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    const [before, slot, next] = [-1, 0, 1].map((minutes) => new Date(now.getTime() + minutes * 60_000)) as [Date, Date, Date];
    const older = prunes ? await startSlot(cronJob, before) : undefined;
    if (older) await completed(older.job);

    const hold = await kill.hold({ proxy, server }, cronJob, cronJob);
    const { job, id } = await startSlot(cronJob, slot);
    try {
      await Promise.race([hold.reached, jobs.end(job).then((end) => expect.fail(`${job} ended before: ${JSON.stringify(end)}`))]);
      await killPodOf(job, way);
      // Held until all of this was seen, the next try changes nothing of it.
      const objects = store.objectsOf(id).map((path) => basename(path));
      expect(objects, "objects when it was killed").toEqual([...left].sort());
      expect(store.manifests(), "manifests when it was killed").toEqual(committed ? [id] : []);
      const listed = await store.list();
      expect(listed.recoveryPoints.map((point) => point.id)).toEqual(committed ? [id] : []);
      const remains = older ? [older.id] : committed || left.length === 0 ? [] : [id];
      // Of one that was deleted the lock is let go, and its next try may have begun.
      const leftovers = new Set(listed.leftovers.map((leftover) => leftover.id));
      expect([...leftovers], "leftovers").toEqual(remains);
    } finally {
      await hold.release();
    }

    await completed(job);
    const exitCodes = (await jobs.podsOf(job)).map(({ status }) => status.containerStatuses?.[0]?.state.terminated?.exitCode);
    // Kubernetes forgets a Pod that is deleted.
    if (way === Way.Kill) expect(exitCodes[0]).toBe(KILLED);
    const between = exitCodes.slice(way === Way.Kill ? 1 : 0, -1);
    expect(between, "tries while the lock of the dead one stands").toEqual(between.map(() => ExitCode.TryAgain));
    expect(exitCodes.at(-1)).toBe(ExitCode.Done);
    // One that had committed is found without the lock.
    if (committed) expect(between).toEqual([]);
    expect(store.manifests(), "manifests of the Job").toEqual([id]);
    const attempts = new Set(store.objectsOf(id).map((path) => path.slice(0, path.indexOf("/"))));
    expect(attempts.size, "attempts that began").toBe(committed || left.length === 0 ? 1 : 2);

    const following = await startSlot(cronJob, next);
    await completed(following.job);
    expect(following.id).not.toBe(id);
    const expected = prunes ? [following.id] : [id, following.id];
    expect(store.manifests(), "manifests of both Jobs").toEqual(expected);
    const end = await store.list();
    expect(end.recoveryPoints.map((point) => [point.id, point.state, point.removing])).toEqual(
      expected.map((one) => [one, "checked", false]),
    );
    expect(end.leftovers).toEqual([]);
    for (const one of expected) await store.readWhole(one);
    if (older) expect([...store.objectsOf(older.id), ...store.objectsOf(id)], "what was let go").toEqual([]);
  }

  it.each(KILLS.map(({ name, way, when, cronJob }) => [name, way, when, cronJob]))(
    "leaves no recovery point or a whole one, and its next try and the next slot succeed: in phase %s, by %s, %s",
    async (_name, _way, _when, cronJob = "") => {
      await courses.get(cronJob);
    },
    (MOST_SECONDS + 120) * 1000,
  );
});
