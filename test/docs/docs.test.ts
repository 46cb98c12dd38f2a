import { appendFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../../packages/agent/src/notify/receiver.fixture.js";
import { createShop } from "../agent/shop.js";
import { ageProgram, zstdProgram } from "../store/publicTools.js";
import { missingPostgres, startPostgres, startStandby, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { type Page, readCommands, readPages } from "./markdown.js";
import { isOfRepository, MARKS, NOT_RUN, runPage, type Surroundings } from "./runPage.js";
import { Workshop } from "./Workshop.js";

/** What a page finds when its reader begins: the shop's two databases, always, and what it says that it assumes. */
interface Beginning {
  /** PGUSER; the page may be what creates it. */
  user: string;
  /** A configuration, as on the first page. */
  configured?: true;
  /** With files of an application, and a recovery point. */
  backedUp?: true;
  s3?: true;
  /** Somebody who is told of things, whom the page calls hc.example.org and hooks.example.org. */
  receiver?: true;
  /** A second server, which the page calls new.example.org. */
  secondServer?: true;
  /** A server on a copy of the shop's files, made right after the recovery point, which the page calls copy.example.org. */
  copiedServer?: true;
}

const BEGINNINGS: Record<string, Beginning> = {
  "docs/first-backup.md": { user: "backup" },
  "docs/restore.md": { user: "restorer", configured: true, backedUp: true, secondServer: true },
  "docs/drill.md": { user: "backup", configured: true, backedUp: true, secondServer: true, copiedServer: true },
  "docs/pins-and-acceptance.md": { user: "backup", configured: true, backedUp: true },
  "docs/audit.md": { user: "backup", configured: true, backedUp: true },
  "docs/retention.md": { user: "backup", configured: true, backedUp: true },
  "docs/reports.md": { user: "backup", configured: true, backedUp: true },
  "docs/runbook.md": { user: "backup", configured: true, backedUp: true },
  "docs/disaster-checklist.md": { user: "backup", configured: true, backedUp: true, secondServer: true },
  "docs/encryption-and-keys.md": { user: "backup", configured: true, backedUp: true },
  "docs/schedule.md": { user: "backup", configured: true },
  "docs/stores.md": { user: "backup", s3: true },
  "docs/copies.md": { user: "backup", configured: true, backedUp: true, s3: true },
  "docs/one-instant.md": { user: "backup", configured: true },
  "docs/monitoring.md": { user: "backup", configured: true, backedUp: true, receiver: true },
  "docs/troubleshooting.md": { user: "backup", configured: true, backedUp: true },
  "docs/configuration.md": { user: "backup", configured: true },
  "docs/one-table-back.md": { user: "postgres", configured: true, backedUp: true },
  "docs/move-to-another-server.md": { user: "postgres", configured: true, secondServer: true },
  "docs/aws-rds-agent.md": { user: "backup", configured: true },
  "docs/application-version.md": { user: "postgres", configured: true },
};

/** Pages about Pulumi programs: what they show is run on the engine, by the test named. */
const ON_THE_ENGINE: Record<string, string> = {
  "docs/aws-alarms.md": "test/engine/awsBackupAlarms.test.ts",
  "docs/aws-backup.md": "test/engine/awsBackupPlan.test.ts",
  "docs/aws-bucket.md": "test/engine/awsBackupBucketPreviews.test.ts",
  "docs/aws-rds.md": "test/engine/awsRdsPostgresPreviews.test.ts",
  "docs/aws-scheduled-dump.md": "test/engine/awsScheduledDumpRun.test.ts",
  "docs/aws-snapshots.md": "test/engine/awsPreDeploySnapshot.test.ts",
  "docs/kubernetes-drill.md": "test/engine/kubernetesRestoreDrillPreviews.test.ts",
  "docs/kubernetes-dump.md": "test/engine/dumpCronJobPreviews.test.ts",
  "docs/kubernetes-engines.md": "test/engine/veleroSchedule.test.ts",
  "docs/kubernetes-monitoring.md": "test/engine/backupMonitoringPreviews.test.ts",
  "docs/kubernetes-pre-deploy.md": "test/engine/preDeployBackupPreviews.test.ts",
  "docs/kubernetes-restore.md": "test/engine/restoreJobPreviews.test.ts",
  "docs/kubernetes-snapshots.md": "test/engine/snapshotClass.test.ts",
  "docs/postgres-access.md": "test/engine/postgresAccess.test.ts",
  "docs/engine-tests.md": "test/engine/stack.test.ts",
  "examples/aws-rds/README.md": "test/engine/awsExample.test.ts",
  "examples/kubernetes/README.md": "test/cluster/kubernetesExample.test.ts",
  "examples/postgres-access/README.md": "test/engine/rootProject.test.ts",
};

const pages = readPages().filter(({ path }) => ON_THE_ENGINE[path] === undefined);
const needsServer = (page: Page) =>
  page.blocks.some(
    (block) =>
      !block.marks.has("not-run") &&
      (["sql", "yaml"].includes(block.language) ||
        (block.language === "console" && readCommands(block).some(({ command }) => !isOfRepository(command)))),
  );

describe("every block of every page says whether it is run", () => {
  it.each(pages.map((page) => [page.path, page] as const))("%s", (_path, { blocks }) => {
    for (const { where, language, marks } of blocks) {
      expect(Object.keys(MARKS), `${where}: language`).toContain(language);
      for (const mark of marks.keys()) expect(MARKS[language], `${where}: mark ${mark}`).toContain(mark);
      if (marks.has("not-run")) expect(Object.keys(NOT_RUN), `${where}: reason`).toContain(marks.get("not-run"));
      if (marks.has("exit")) expect(marks.get("exit"), where).toMatch(/^\d+$/);
      if (language === "sql") expect([...marks.keys()], `${where}: run=DATABASE or not-run=REASON`).toHaveLength(1);
    }
  });

  it("and there is no reason that nobody gives", () => {
    const given = new Set(pages.flatMap(({ blocks }) => blocks.flatMap(({ marks }) => marks.get("not-run") ?? [])));
    expect([...given].sort()).toEqual(Object.keys(NOT_RUN).sort());
  });

  it("and a page that is run has a beginning, and the other way round", () => {
    expect(
      pages
        .filter(needsServer)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(Object.keys(BEGINNINGS).sort());
  });
});

it.each(Object.entries(ON_THE_ENGINE))("%s exists, and so does %s, which runs what it shows on the engine", (page, test) => {
  for (const path of [page, test]) expect(existsSync(join(import.meta.dirname, "../..", path)), path).toBe(true);
});

describe("a reader follows a page from top to bottom", () => {
  for (const page of pages) {
    const beginning = BEGINNINGS[page.path];
    if (beginning === undefined) {
      // Only commands of the repository itself, if any: that they are there is all there is to see.
      it(`${page.path}, without a server`, () => runPage(page));
      continue;
    }
    const missing = missingPostgres(15) ?? (beginning.s3 ? missingS3() : undefined);
    it.skipIf(missing !== undefined)(page.path, { timeout: 400_000 }, async () => {
      await withBeginning(beginning, (surroundings) => runPage(page, surroundings));
    });
  }
});

async function withBeginning(beginning: Beginning, work: (surroundings: Surroundings) => Promise<void>): Promise<void> {
  const servers: TestServer[] = [];
  let s3: TestS3 | undefined;
  let receiver: Receiver | undefined;
  let workshop: Workshop | undefined;
  try {
    // What autovacuum commits makes another moment of a copy than of the recovery point before it.
    const settings = beginning.copiedServer ? { autovacuum: "off" } : {};
    const server = await startPostgres({ authentication: "trust", settings });
    servers.push(server);
    await createShop(server);
    const tools = [dirname(await ageProgram()), dirname(zstdProgram())];
    workshop = new Workshop({ ...server.connection, user: beginning.user }, [server.programFolder, ...tools]);
    const standIns: Record<string, string> = { "db.example.org": server.connection.host };
    if (beginning.configured) await configure(workshop, beginning.backedUp === true);
    if (beginning.backedUp) await workshop.prepare("pgkeep backup", { PGUSER: "postgres" });
    if (beginning.copiedServer) {
      const copy = await startStandby(server, { settings });
      servers.push(copy);
      await copy.psql("SELECT pg_promote()");
      standIns["copy.example.org"] = `${copy.connection.host}:${copy.connection.port}`;
    }
    if (beginning.secondServer) {
      const second = await startPostgres({ authentication: "trust" });
      servers.push(second);
      standIns["new.example.org"] = `${second.connection.host}:${second.connection.port}`;
    }
    if (beginning.receiver) {
      receiver = await startReceiver();
      standIns["https://hc.example.org"] = receiver.url;
      standIns["https://hooks.example.org"] = receiver.url;
    }
    if (beginning.s3) {
      s3 = await startS3();
      await s3.createBucket("shop-backups");
      standIns["https://s3.example.org"] = s3.endpoint;
      workshop.environment.AWS_ACCESS_KEY_ID = s3.accessKey;
      workshop.environment.AWS_SECRET_ACCESS_KEY = s3.secretKey;
    }
    if (beginning.user === "backup" && beginning.configured) await server.psql(BACKUP_ROLE);
    await work({ workshop, psql: (sql, database) => server.psql(sql, database), standIns });
  } finally {
    workshop?.remove();
    await Promise.all([...servers.map((server) => server.stop()), s3?.stop(), receiver?.stop()]);
  }
}

/** As docs/first-backup.md creates it. */
const BACKUP_ROLE = "CREATE ROLE backup LOGIN; GRANT pg_read_all_data TO backup; ALTER ROLE backup BYPASSRLS";

async function configure(workshop: Workshop, withFiles: boolean): Promise<void> {
  await workshop.prepare("pgkeep init --cluster shop --database shop --database shop-jobs --store ./store");
  if (!withFiles) return;
  const application = join(workshop.folder, "app");
  mkdirSync(application);
  writeFileSync(join(application, ".env"), "COLOUR=green\n");
  appendFileSync(join(workshop.folder, "pgkeep.yaml"), `\nfiles:\n  root: ${application}\n  paths: [.env]\n`);
}
