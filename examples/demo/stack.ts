import { type Access, DATABASES, run } from "./access.js";
import { Engine } from "./Engine.js";
import type { Narrator } from "./Narrator.js";
import { type DemoServer, type Login, newPassword } from "./server.js";

/** The outputs of the root project that are used here. */
interface Connection {
  username: string;
  password: string;
}

interface DeployRequest {
  narrator: Narrator;
  server: DemoServer;
  /** The Pulumi CLI. */
  program: string;
  /** An empty one. */
  folder: string;
  atTheEnd(end: () => Promise<void>): void;
}

/** The chapter in which the real engine creates databases and roles from what is declared. */
export async function deploy({ narrator, server, program, folder, atTheEnd }: DeployRequest): Promise<{ engine: Engine; access: Access }> {
  const administrator = await createAdministrator(server);
  const engine = await Engine.start(narrator, program, folder, {
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: administrator.username,
    PGPASSWORD: administrator.password,
    PGSSLMODE: "disable",
  });
  atTheEnd(() => engine.end());
  narrator.facts({
    server: `PostgreSQL ${server.version}, started for this demo; ${administrator.username}, who deploys, is no superuser`,
    project: "the root of this repository, copied: Pulumi.yaml, and Pulumi.dev.yaml as it stands",
    ...engine.inUse(),
  });
  await engine.show(["stack", "init", "dev"]);
  await engine.show(["preview", "--suppress-outputs"]);
  await engine.show(["up", "--yes", "--skip-preview", "--suppress-outputs"], { last: 2 });
  narrator.say("\n  The same in words, which a preview compares line by line:");
  await engine.show(["stack", "output", "effectivePolicy"]);

  const outputs = JSON.parse(await engine.read(["stack", "output", "--json", "--show-secrets"])) as {
    connections: Record<string, Connection>;
    dumpConnection: Connection;
    restoreConnection: Connection;
    superuserStatement: string;
  };
  const application = outputs.connections["syntho@syntho-core"];
  if (application === undefined) throw new Error("the stack gave no connection of syntho to syntho-core");
  const logins = [application, outputs.dumpConnection, outputs.restoreConnection, administrator];
  await claimDeployed(narrator, server);
  narrator.claim(
    "no password is readable in what Pulumi showed or keeps in its state",
    !engine.reveals(logins.map(({ password }) => password)),
  );
  const [app, dump, restore] = [application, outputs.dumpConnection, outputs.restoreConnection];
  const completeDump = async (database: string) => {
    narrator.say("  Row-level security and large objects are a superuser's to give; the stack prints the one statement:");
    narrator.command(`pulumi stack output superuserStatement | psql --username postgres ${database}`);
    await run(server, database, outputs.superuserStatement);
  };
  return { engine, access: { application: app, dump, restore, completeDump } };
}

/** The chapter in which a change is shown before it is made. */
export async function reviewChange(engine: Engine, narrator: Narrator): Promise<void> {
  await engine.show(["config", "set", "--path", "pgkeep:databases[0].connectionLimit", "50"]);
  await engine.show(["config", "set", "--path", "pgkeep:readOnlyRoles[1].name", "auditor"]);
  await engine.show(["config", "set", "--path", "pgkeep:readOnlyRoles[1].databases[0]", "syntho-backend"]);
  const text = await engine.show(["preview"]);
  const says = (part: string) => text.includes(part);
  narrator.claim(
    "the reviewer reads in words what changes: the limit, and the new role with what it may do",
    says("+ syntho-core: UTF8, the server's locale (at creation only); at most 50 connections") &&
      says("+ auditor (read-only): reads syntho-backend"),
  );
  narrator.claim("nothing is replaced and nothing deleted", !/\breplace\b|\bdelete\b/.test(text));
}

/** Nothing that was restored differs from what is declared. */
export async function findNothingToDo(engine: Engine, narrator: Narrator): Promise<void> {
  const text = await engine.show(["preview", "--refresh", "--expect-no-changes", "--suppress-outputs"], { last: 2 });
  narrator.claim(
    "owners, logins and grants came back as they are declared: Pulumi looked, and has nothing to do",
    /^Resources:\n +\d+ unchanged$/m.test(text),
  );
}

/** Whoever deploys may create roles and databases, and from PostgreSQL 16 on pass on the right to read everything. */
async function createAdministrator(server: DemoServer): Promise<Login> {
  const administrator = { username: "deployer", password: newPassword() };
  const options = `LOGIN CREATEROLE CREATEDB PASSWORD '${administrator.password}'`;
  await run(server, "postgres", `CREATE ROLE ${administrator.username} ${options}`);
  if (Number.parseInt(server.version, 10) >= 16)
    await run(server, "postgres", `GRANT pg_read_all_data TO ${administrator.username} WITH ADMIN OPTION`);
  return administrator;
}

async function claimDeployed(narrator: Narrator, server: DemoServer): Promise<void> {
  const client = await server.connect("postgres");
  const { rows } = await client
    .query<{ database: string; owner: string; login: boolean }>(
      "SELECT datname AS database, rolname AS owner, rolcanlogin AS login FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE datname LIKE 'syntho-%'",
    )
    .finally(() => client.end());
  narrator.claim(
    `asked by plain SQL: ${DATABASES.join(" and ")} exist and belong to syntho_owner, which cannot log in`,
    rows.length === DATABASES.length && rows.every(({ owner, login }) => owner === "syntho_owner" && !login),
  );
}
