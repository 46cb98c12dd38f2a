import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DrillResult, ExitCode, formatDuration, formatSize, type Manifest } from "@pgkeep/core";
import { type Access, createBySql, DATABASES } from "./access.js";
import { CommandLine } from "./CommandLine.js";
import { copyStoreDamaged } from "./damage.js";
import { migrate } from "./databases.js";
import type { Engine } from "./Engine.js";
import type { Narrator } from "./Narrator.js";
import { ownEnvironment } from "./ownEnvironment.js";
import { type DemoServer, type Login, startServer } from "./server.js";
import { isOneInstant, livePair, type Pair, sequentialDumps, skewOf } from "./skew.js";
import { deploy, findNothingToDo, reviewChange } from "./stack.js";
import { startWriters, type Writers } from "./writer.js";

const WRITERS = 8;
/** Commits per second while nothing is claimed about a busy application. */
const QUIET = 400;

export interface StoryOptions {
  narrator: Narrator;
  /** Holds `server`, `store`, `project` and `stack`, all empty. */
  folder: string;
  /** The Pulumi CLI, or why there is none. */
  pulumi: { program: string } | { missing: string };
  /** Registers what must be ended, whatever happens. */
  atTheEnd(end: () => Promise<void>): void;
}

interface Stage {
  narrator: Narrator;
  folder: string;
  server: DemoServer;
  access: Access;
  pgkeep: CommandLine;
}

export async function tellStory({ narrator, folder, pulumi, atTheEnd }: StoryOptions): Promise<void> {
  narrator.chapter("Two databases, and who may do what in them");
  const server = await startServer(join(folder, "server"));
  atTheEnd(() => server.stop());
  const missing = "missing" in pulumi ? pulumi.missing : tooOld(server);
  let engine: Engine | undefined;
  let access: Access;
  if ("program" in pulumi && missing === undefined) {
    ({ engine, access } = await deploy({ narrator, server, program: pulumi.program, folder: join(folder, "stack"), atTheEnd }));
  } else {
    access = await createBySql(server);
    narrator.facts({ server: `PostgreSQL ${server.version}, started for this demo` });
    narrator.say(`  NOT SHOWN: Pulumi, which creates all of this from Pulumi.dev.yaml, since ${missing}`);
    narrator.say("  The same databases and roles were created by plain SQL: examples/demo/roles.sql");
  }

  narrator.chapter("An application at work");
  const made = await migrate(server, access);
  const writers = await startWriters(server, access.application, WRITERS);
  atTheEnd(() => writers.stop());
  narrator.facts({
    databases: `syntho-core and syntho-backend, ${made.tables} tables, ${made.rows.toLocaleString("en")} rows`,
    extension: made.extension ?? "none: this server brings none that a database's owner may create, so none is shown",
    application: `${WRITERS} writers; each pays in syntho-core, commits, books it in syntho-backend, commits`,
  });
  narrator.claim(
    `its login ${access.application.username} ran the migrations, and owns nothing: every table belongs to syntho_owner`,
    made.owners.join() === "syntho_owner",
  );
  writers.pace(QUIET);
  await access.completeDump("syntho-core");
  writers.pace(undefined);

  const environment = { ...ownEnvironment(process.env), PGPASSWORD: access.dump.password };
  const stage: Stage = { narrator, folder, server, access, pgkeep: new CommandLine(narrator, join(folder, "project"), environment) };
  atTheEnd(() => stage.pgkeep.end());
  const ordinary = await showOrdinaryDumps(stage, writers);
  writers.pace(QUIET);
  await configure(stage);
  writers.pace(undefined);
  const { manifest, pair } = await backUp(stage, writers, ordinary);
  writers.pace(QUIET);
  const drill = await proveIt(stage, manifest);
  await loseEverything(stage, writers, pair);
  const restoreMilliseconds = await bringItBack(stage, manifest, pair);
  if (engine) await findNothingToDo(engine, narrator);
  await refuseDamage(stage, manifest);
  if (engine) {
    narrator.chapter("A change, as its reviewer reads it");
    await reviewChange(engine, narrator);
  }

  narrator.summary([
    engine
      ? "Pulumi created databases and roles from one declaration, and showed a change in words before it is made."
      : "NOT SHOWN was Pulumi, which creates databases and roles from one declaration, and shows a change before it is made.",
    `Ordinary dumps of two live databases contradicted each other by ${skewOf(ordinary).toLocaleString("en")} rows; the recovery point by ${skewOf(pair)}, all of them under way.`,
    `A drill restored it elsewhere and found nothing different; restoring took ${formatDuration(drill.restoreMilliseconds)}.`,
    `Both databases were dropped and came back in ${formatDuration(restoreMilliseconds)}, from the proven recovery point.`,
    "A cut object and a flipped byte were refused before they could replace anything.",
  ]);
}

function tooOld({ version }: DemoServer): string | undefined {
  return Number.parseInt(version, 10) >= 15 ? undefined : `it declares databases on PostgreSQL 15 and later, and this is ${version}`;
}

async function showOrdinaryDumps({ narrator, folder, server, access }: Stage, writers: Writers): Promise<Pair> {
  narrator.chapter("What everybody does: one dump after the other");
  narrator.command("pg_dump -Fc syntho-core > core.dump; pg_dump -Fc syntho-backend > backend.dump");
  const pair = await sequentialDumps(server, access.dump, folder);
  narrator.facts({
    commits: `${writers.rate().toLocaleString("en")} per second meanwhile`,
    payments: `${pair.payments.toLocaleString("en")} in syntho-core's dump`,
    bookings: `${pair.bookings.toLocaleString("en")} in syntho-backend's dump`,
  });
  narrator.claim(
    `each dump is consistent, the two together are not: ${skewOf(pair).toLocaleString("en")} bookings of payments that the other dump does not know`,
    !isOneInstant(pair, WRITERS),
  );
  return pair;
}

async function configure({ pgkeep, narrator, server, access }: Stage): Promise<void> {
  narrator.chapter("Configured in one command");
  await pgkeep.show([
    "init",
    "--cluster",
    "syntho",
    "--host",
    server.host,
    "--port",
    String(server.port),
    "--user",
    access.dump.username,
    "--database",
    "syntho-core",
    "--database",
    "syntho-backend",
    "--store",
    "../store",
  ]);
  await pgkeep.show(["doctor"]);
}

async function backUp({ pgkeep, narrator }: Stage, writers: Writers, ordinary: Pair): Promise<{ manifest: Manifest; pair: Pair }> {
  narrator.chapter("One recovery point, at one instant, while the application writes");
  const before = writers.commits();
  await pgkeep.show(["backup"]);
  const during = writers.commits() - before;
  const { manifest } = await pgkeep.read<{ manifest: Manifest }>(["show", "latest"]);
  const pair = { payments: rowsOf(manifest, "public", "payment"), bookings: rowsOf(manifest, "ledger", "ledger_entry") };
  narrator.facts({
    "ordinary dumps": `${ordinary.payments.toLocaleString("en")} payments, ${ordinary.bookings.toLocaleString("en")} bookings: differ by ${skewOf(ordinary).toLocaleString("en")}`,
    "recovery point": `${pair.payments.toLocaleString("en")} payments, ${pair.bookings.toLocaleString("en")} bookings: differ by ${skewOf(pair)}`,
    meanwhile: `${during.toLocaleString("en")} commits of the application`,
  });
  narrator.claim(
    `the databases differ by no more than the one payment that each of ${WRITERS} writers had under way`,
    isOneInstant(pair, WRITERS),
  );
  narrator.claim("the application went on writing all the time", during > 0);
  return { manifest, pair };
}

async function proveIt({ pgkeep, narrator, folder }: Stage, manifest: Manifest): Promise<DrillResult> {
  narrator.chapter("A backup is a hope; a drill proves it");
  await pgkeep.show(["drill", "latest"]);
  const drills = join(folder, "store", "syntho", "drills", manifest.id);
  const [file = ""] = readdirSync(drills);
  const result = JSON.parse(readFileSync(join(drills, file), "utf8")) as DrillResult;
  const tables = manifest.databases.flatMap((database) => database.tables);
  narrator.claim(
    `the result lies beside the recovery point: ${result.verdict}, ${result.tables.length} of ${tables.length} tables equal row by row`,
    result.verdict === "PASS" && result.tables.length === tables.length && result.tables.every(({ equal }) => equal),
  );
  await pgkeep.show(["list"]);
  return result;
}

async function loseEverything({ narrator, server }: Stage, writers: Writers, pair: Pair): Promise<void> {
  narrator.chapter("The day it is needed");
  await writers.stop();
  const { payments } = await livePair(server);
  const cluster = await server.connect("postgres");
  for (const database of DATABASES) {
    narrator.command(`psql -c 'DROP DATABASE "${database}"'`);
    await cluster.query(`DROP DATABASE "${database}" WITH (FORCE)`);
  }
  const { rows } = await cluster.query("SELECT datname FROM pg_database WHERE datname LIKE 'syntho%'");
  await cluster.end();
  narrator.say(
    `  ${(payments - pair.payments).toLocaleString("en")} payments were made after the recovery point: they are lost, and no backup can say otherwise.`,
  );
  narrator.claim("both databases are gone", rows.length === 0);
}

async function bringItBack({ pgkeep, narrator, server, access }: Stage, manifest: Manifest, pair: Pair): Promise<number> {
  narrator.chapter("Back again");
  const milliseconds = await pgkeep.show(["restore", "latest-proven", "--to", uriOf(server, access.restore)], {
    password: access.restore.password,
  });
  const restored = await livePair(server);
  narrator.claim(
    `asked by plain SQL: ${restored.payments.toLocaleString("en")} payments and ${restored.bookings.toLocaleString("en")} bookings, as many as in the recovery point`,
    restored.payments === pair.payments && restored.bookings === pair.bookings,
  );
  narrator.claim("no booking without its payment", restored.missing === 0 && isOneInstant(restored, WRITERS));
  for (const { name, tables } of manifest.databases) {
    const database = await server.connect(name);
    try {
      let rows = 0;
      for (const table of tables) {
        const counted = await database.query<{ rows: string }>(`SELECT count(*)::text AS rows FROM ONLY "${table.schema}"."${table.name}"`);
        if (Number(counted.rows[0]?.rows) !== table.digest.rows) narrator.claim(`${table.name} has ${table.digest.rows} rows`, false);
        rows += table.digest.rows;
      }
      const owner = await database.query<{ owner: string }>(
        "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()",
      );
      narrator.claim(
        `${name}: all ${tables.length} tables with ${rows.toLocaleString("en")} rows, owned by ${owner.rows[0]?.owner}`,
        owner.rows[0]?.owner === "syntho_owner",
      );
    } finally {
      await database.end();
    }
  }
  // A sequence behind its rows would show now.
  const again = await startWriters(server, access.application, WRITERS, 1_000_000);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await again.stop();
  narrator.claim(`the application goes on where it was: ${again.commits().toLocaleString("en")} more commits`, again.commits() > 0);
  return milliseconds;
}

async function refuseDamage({ pgkeep, narrator, folder, server, access }: Stage, manifest: Manifest): Promise<void> {
  narrator.chapter("Damaged copies are refused");
  const [first, second] = manifest.databases;
  if (!first || !second) throw new Error("the recovery point holds fewer than two databases");
  const to = ["--to", uriOf(server, access.restore), "--yes-replace", first.name, "--yes-replace", second.name];
  const damages = [
    { name: "cut", database: first, command: ["drill", "latest"] },
    { name: "flipped", database: second, command: ["restore", "latest", ...to] },
  ] as const;
  const before = await livePair(server);
  for (const { name, database, command } of damages) {
    const at = copyStoreDamaged(folder, name, database.object.key);
    const size = formatSize(database.object.bytes);
    narrator.say(
      name === "cut"
        ? `  A copy in which ${database.name}'s object of ${size} was cut to ${formatSize(at)}:`
        : `  A copy in which one bit of byte ${at.toLocaleString("en")} of ${database.name}'s object is another:`,
    );
    await pgkeep.show(["--config", `pgkeep-${name}.yaml`, ...command], {
      exitCode: ExitCode.DataWrong,
      password: access.restore.password,
    });
  }
  const after = await livePair(server);
  narrator.claim(
    "the living databases were not touched",
    after.payments === before.payments && after.bookings === before.bookings && after.missing === 0,
  );
}

/** Without the password, which never stands in a command. */
function uriOf({ host, port }: DemoServer, { username }: Login): string {
  return `postgresql://${username}@${host}:${port}`;
}

/** Rows of a table by the recovery point's own account: counted in the bytes that were dumped. */
function rowsOf(manifest: Manifest, schema: string, name: string): number {
  const table = manifest.databases.flatMap(({ tables }) => tables).find((one) => one.schema === schema && one.name === name);
  if (!table) throw new Error(`the recovery point does not hold ${schema}.${name}`);
  return table.digest.rows;
}
