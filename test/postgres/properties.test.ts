import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DatabaseProperties, databasePropertiesSchema } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  compareProperties,
  createDatabaseStatement,
  readDatabaseProperties,
  renderDatabaseProperties,
} from "../../packages/agent/src/postgresql/databaseProperties.js";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { giveToServerAccount } from "../support/serverAccount.js";

const NAME = 'Kern „ä" \\x.y';
const QUOTED = `"${NAME.replaceAll('"', '""')}"`;

const ROLES = `CREATE ROLE "Eigner ö"; CREATE ROLE "a""pp"; CREATE ROLE leser LOGIN PASSWORD 'l' IN ROLE pg_read_all_data; CREATE ROLE "mit weiter";`;

const DATABASE = `
  CREATE DATABASE ${QUOTED} OWNER "Eigner ö" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.utf8' CONNECTION LIMIT 11;
  COMMENT ON DATABASE ${QUOTED} IS 'Sagt: "ja\\nein" $$ ''so''
neue Zeile';
  ALTER DATABASE ${QUOTED} SET TimeZone TO 'Europe/Amsterdam';
  ALTER DATABASE ${QUOTED} SET bytea_output TO 'escape';
  ALTER DATABASE ${QUOTED} SET search_path TO "Schema ""1""", '$user', public;
  ALTER DATABASE ${QUOTED} SET DateStyle TO 'SQL, DMY';
  ALTER DATABASE ${QUOTED} SET lc_monetary TO 'C.utf8';
  ALTER DATABASE ${QUOTED} SET my.setting TO 'x = ''1''; \\';
  ALTER ROLE "a""pp" IN DATABASE ${QUOTED} SET search_path TO '';
  ALTER ROLE "a""pp" IN DATABASE ${QUOTED} SET statement_timeout TO 0;
  REVOKE ALL ON DATABASE ${QUOTED} FROM PUBLIC;
  GRANT CONNECT ON DATABASE ${QUOTED} TO leser;
  GRANT CONNECT, TEMPORARY ON DATABASE ${QUOTED} TO "mit weiter" WITH GRANT OPTION;
  SET ROLE "mit weiter"; GRANT CONNECT ON DATABASE ${QUOTED} TO "a""pp" WITH GRANT OPTION;
  SET ROLE "a""pp"; GRANT CONNECT ON DATABASE ${QUOTED} TO PUBLIC; RESET ROLE;
  GRANT CREATE ON DATABASE ${QUOTED} TO "a""pp";
  REVOKE TEMPORARY ON DATABASE ${QUOTED} FROM "Eigner ö";`;

async function propertiesOf(server: TestServer, name: string, role = {}): Promise<DatabaseProperties> {
  const session = await openSession({ ...server.connection, ...role }, name);
  try {
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    const properties = await readDatabaseProperties(session, name);
    databasePropertiesSchema.parse(properties);
    return properties;
  } finally {
    await session.end();
  }
}

async function create(server: TestServer, name: string, properties: DatabaseProperties, options = {}): Promise<void> {
  await server.psql(createDatabaseStatement(name, properties, { targetMajor: server.major, tablespace: null, ...options }));
  await server.psql(renderDatabaseProperties(name, properties).join("\n"));
}

describe.for(testedMajors)("a database's properties on PostgreSQL %s", { timeout: 60_000 }, (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  beforeAll(async () => {
    if (skipped) return;
    server = await startPostgres({ major });
    await server.psql(ROLES + DATABASE);
  }, 60_000);
  afterAll(() => server?.stop());

  it.skipIf(skipped)("are read by an ordinary role", async () => {
    const properties = await propertiesOf(server, NAME, { user: "leser", password: "l" });
    expect(properties).toEqual(await propertiesOf(server, NAME));
    expect(properties).toMatchObject({
      owner: "Eigner ö",
      encoding: "UTF8",
      localeProvider: "libc",
      collate: "C.utf8",
      ctype: "C.utf8",
      locale: null,
      icuRules: null,
      tablespace: "pg_default",
      connectionLimit: 11,
      isTemplate: false,
      comment: "Sagt: \"ja\\nein\" $$ 'so'\nneue Zeile",
      monetaryLocale: "C.utf8",
    });
    expect(properties.settings).toContainEqual({ role: 'a"pp', database: NAME, name: "search_path", value: '""' });
    expect(properties.settings).toContainEqual({ role: null, database: NAME, name: "my.setting", value: "x = '1'; \\" });
    expect(properties.acl).toContainEqual({ grantee: null, grantor: 'a"pp', privilege: "CONNECT", grantable: false });
    expect(properties.acl).not.toContainEqual(expect.objectContaining({ grantee: "Eigner ö", privilege: "TEMPORARY" }));
  });

  it.skipIf(skipped)("are null, empty or default where nothing was set", async () => {
    await server.psql(
      'CREATE DATABASE leer; CREATE DATABASE entzogen; REVOKE ALL ON DATABASE entzogen FROM PUBLIC, postgres; CREATE DATABASE "ausdrücklich"; GRANT CONNECT ON DATABASE "ausdrücklich" TO PUBLIC',
    );
    const empty = await propertiesOf(server, "leer");
    expect(empty).toMatchObject({ acl: null, settings: [], comment: null, connectionLimit: -1, monetaryLocale: "C" });
    expect(renderDatabaseProperties("leer", empty)).toEqual([]);
    expect((await propertiesOf(server, "entzogen")).acl).toEqual([]);
    // Default privileges written down are the same as none written down.
    const explicit = await propertiesOf(server, "ausdrücklich");
    expect(explicit.acl).not.toBeNull();
    expect(compareProperties(empty, explicit)).toEqual([]);
    await expect(
      propertiesOf(server, "leer").then(async () => {
        const session = await openSession(server.connection, "postgres");
        return readDatabaseProperties(session, "Leer").finally(() => session.end());
      }),
    ).rejects.toThrow(/no such database/);
  });

  for (const target of testedMajors.filter((version) => version >= major)) {
    it.skipIf(skipped ?? missingPostgres(target))(`come back equal on PostgreSQL ${target}, under another name too`, async () => {
      const recorded = await propertiesOf(server, NAME);
      const fresh = await startPostgres({ major: target, initdbArguments: ["--lc-monetary=C"] });
      try {
        await fresh.psql(ROLES);
        for (const name of [NAME, "anders ''ß"]) {
          await create(fresh, name, recorded);
          expect(compareProperties(recorded, await propertiesOf(fresh, name))).toEqual([]);
        }
        const template = { ...recorded, isTemplate: true, acl: [], connectionLimit: 0, settings: [] };
        await create(fresh, "vorlage", template);
        expect(compareProperties(template, await propertiesOf(fresh, "vorlage"))).toEqual([]);
      } finally {
        await fresh.stop();
      }
    });
  }

  it.skipIf(skipped)("can go to another owner, without privileges, or without roles that are not there", async () => {
    const recorded = await propertiesOf(server, NAME);
    await server.psql(createDatabaseStatement("verschoben", recorded, { targetMajor: major, owner: "leser" }));
    await server.psql(
      renderDatabaseProperties("verschoben", recorded, { owner: "leser", roles: new Set(["leser", "mit weiter"]) }).join("\n"),
    );
    const moved = await propertiesOf(server, "verschoben");
    expect(moved.owner).toBe("leser");
    expect(moved.acl).toEqual(expect.arrayContaining([{ grantee: "mit weiter", grantor: "leser", privilege: "CONNECT", grantable: true }]));
    expect(JSON.stringify(moved)).not.toMatch(/a\\"pp|Eigner/);
    const bare = renderDatabaseProperties("x", recorded, { acl: false });
    expect(bare.join("\n")).not.toMatch(/GRANT|REVOKE|ROLE/);
    expect(bare).toHaveLength(8);
  });

  it.skipIf(skipped)("differ by name after any change", async () => {
    const recorded = await propertiesOf(server, NAME);
    await create(server, "geändert", recorded);
    await server.psql(`ALTER DATABASE "geändert" OWNER TO leser; ALTER DATABASE "geändert" RESET bytea_output; ALTER DATABASE "geändert" SET work_mem TO '1MB';
      ALTER DATABASE "geändert" SET TimeZone TO 'UTC'; COMMENT ON DATABASE "geändert" IS NULL; ALTER DATABASE "geändert" CONNECTION LIMIT 3;
      GRANT TEMPORARY ON DATABASE "geändert" TO leser; ALTER ROLE "a""pp" IN DATABASE "geändert" RESET statement_timeout`);
    const differences = compareProperties(recorded, await propertiesOf(server, "geändert"));
    expect(differences).toEqual(
      expect.arrayContaining([
        "owner: leser, was Eigner ö",
        "connectionLimit: 3, was 11",
        expect.stringMatching(/^comment: null, was "Sagt/),
        "setting TimeZone: UTC, was Europe/Amsterdam",
        "setting bytea_output: missing, was escape",
        "setting work_mem: 1MB, was not set",
        'setting statement_timeout of role "a""pp": missing, was 0',
        "privilege TEMPORARY of leser, granted by leser, was not there",
      ]),
    );
  });

  it.skipIf(skipped)("include a tablespace", async () => {
    const folder = join(server.folder, "raum ü");
    mkdirSync(folder);
    giveToServerAccount(folder);
    await server.psql(`CREATE TABLESPACE "Raum ü" LOCATION '${folder}'`);
    await server.psql(`CREATE DATABASE dort TABLESPACE "Raum ü"`);
    const recorded = await propertiesOf(server, "dort");
    expect(recorded.tablespace).toBe("Raum ü");
    await server.psql(createDatabaseStatement("auch dort", recorded, { targetMajor: major }));
    expect(compareProperties(recorded, await propertiesOf(server, "auch dort"))).toEqual([]);
  });
});

describe("locale providers", { timeout: 60_000 }, () => {
  const builtin = missingPostgres(18);
  it.skipIf(builtin)("builtin comes back on 18 and is refused below 17", async () => {
    const server = await startPostgres({ major: 18 });
    try {
      await server.psql(
        "CREATE DATABASE eingebaut TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C.utf8'",
      );
      const recorded = await propertiesOf(server, "eingebaut");
      expect(recorded).toMatchObject({ localeProvider: "builtin", locale: "C.UTF-8", collate: "C", ctype: "C.utf8" });
      await create(server, "wieder", recorded);
      expect(compareProperties(recorded, await propertiesOf(server, "wieder"))).toEqual([]);
      expect(() => createDatabaseStatement("x", recorded, { targetMajor: 16 })).toThrow(
        /builtin provider.*\n.*PostgreSQL 16\n.*17 or newer/,
      );
    } finally {
      await server.stop();
    }
  });

  // Of the servers that tests run on only Debian's is built with ICU.
  const icu = missingPostgres(15);
  it.skipIf(icu)("icu comes back on 15", async () => {
    const server = await startPostgres({ major: 15 });
    try {
      await server.psql(
        "CREATE DATABASE deutsch TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de_AT' LC_COLLATE 'C' LC_CTYPE 'C.utf8'",
      );
      const recorded = await propertiesOf(server, "deutsch");
      expect(recorded).toMatchObject({ localeProvider: "icu", locale: "de_AT" });
      await create(server, "wieder", recorded);
      expect(compareProperties(recorded, await propertiesOf(server, "wieder"))).toEqual([]);
      expect(() => createDatabaseStatement("x", recorded, { targetMajor: 14 })).toThrow(/icu provider/);
    } finally {
      await server.stop();
    }
  });
});
