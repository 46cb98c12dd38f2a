import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { type Mutation, mutations, mutationsFor } from "../support/fixtures/mutations.js";
import { changesBetween, plainDump } from "../support/fixtures/plainDump.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { runProgram } from "../support/runProgram.js";

const database = "every_object";

it("lists every mutation once", () => {
  const kinds = mutations.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(kinds.length).toBeGreaterThan(100);
});

describe.each(testedMajors)("the everyObject fixture on PostgreSQL %i", (major) => {
  describe.skipIf(missingPostgres(major) !== undefined)("", () => {
    let source: TestServer;
    let target: TestServer;
    let applicable: Mutation[];

    beforeAll(async () => {
      [source, target] = await Promise.all([startPostgres({ major }), startPostgres({ major })]);
      await createEveryObject(source, database);
      const extensions = (await source.psql("SELECT extname FROM pg_extension", database)).trim().split("\n");
      applicable = mutationsFor(major, extensions);
    }, 120_000);

    afterAll(async () => {
      await Promise.all([source?.stop(), target?.stop()]);
    });

    it("holds every class of object that has an owner, a comment or a definition", async () => {
      const classes = await source.psql(
        `SELECT DISTINCT relkind::text FROM pg_class WHERE relnamespace = 'app'::regnamespace UNION ALL SELECT 'type ' || typtype::text FROM pg_type WHERE typnamespace = 'app'::regnamespace GROUP BY typtype
         UNION ALL SELECT 'function ' || prokind::text FROM pg_proc WHERE pronamespace IN ('app'::regnamespace) GROUP BY prokind`,
        database,
      );
      expect(classes.trim().split("\n").sort()).toEqual(
        [
          "S",
          "f",
          "i",
          "I",
          "m",
          "p",
          "r",
          "v",
          "c",
          "function a",
          "function f",
          "function p",
          "function w",
          "type b",
          "type c",
          "type d",
          "type e",
          "type m",
          "type r",
        ].sort(),
      );
    });

    it("can be dumped and restored, and comes back the same but for what PostgreSQL itself respells", async () => {
      await copyDatabase(source, target);
      const changes = changesBetween(await plainDump(source, database), await plainDump(target, database));
      expect(changes.map(({ object }) => object).sort()).toEqual([
        "DOMAIN app.currency", // IN (...)
        "POLICY app.tenant_note readers_see_all", // names of roles come in the order of the cluster's own catalogue
        "TABLE DATA app.painted_truck", // columns of an inheritance child, in another order
        "TABLE DATA app.truck",
        "TABLE app.measurement", // NOT IN (...)
      ]);
    }, 60_000);

    it("notices each mutation, in an object of the name it gives", async () => {
      // A few at a time, each of another theme: one dump per mutation would take a minute.
      const rounds = 13;
      const unnoticed: string[] = [];
      let before = await plainDump(target, database);
      for (let round = 0; round < rounds; round++) {
        const some = applicable.filter((_, index) => index % rounds === round);
        await target.psql(`SET client_min_messages = error;\n${some.map(({ sql }) => `${sql};`).join("\n")}`, database);
        const after = await plainDump(target, database);
        const changed = changesBetween(before, after).map(({ object, lines }) => `${object}\n${lines.join("\n")}`);
        for (const { kind, names } of some) {
          if (!changed.some((text) => names.test(text))) unnoticed.push(`${kind}: ${names} is not in\n${changed.join("\n")}`);
        }
        before = after;
      }
      expect(unnoticed).toEqual([]);
    }, 120_000);
  });
});

describe.skipIf(missingPostgres(15) !== undefined || missingPostgres(18) !== undefined)("across majors", () => {
  it("a dump of 15 restores on 18", async () => {
    const [source, target] = await Promise.all([startPostgres({ major: 15 }), startPostgres({ major: 18 })]);
    try {
      await createEveryObject(source, database, { portable: true });
      await copyDatabase(source, target);
      expect(await target.psql("SELECT count(*) FROM app.event", database)).toBe("1000");
    } finally {
      await Promise.all([source.stop(), target.stop()]);
    }
  }, 60_000);
});

async function copyDatabase(from: TestServer, to: TestServer): Promise<void> {
  const archive = join(from.folder, "everyObject.dump");
  const environment = (server: TestServer) => ({
    env: {
      PATH: process.env.PATH ?? "",
      PGHOST: server.connection.host,
      PGPORT: String(server.connection.port),
      PGUSER: server.connection.user,
      PGPASSWORD: server.connection.password ?? "",
    },
  });
  await runProgram(join(to.programFolder, "pg_dump"), ["-Fc", "--create", "-f", archive, database], environment(from));
  const roles = await runProgram(join(to.programFolder, "pg_dumpall"), ["--globals-only"], environment(from));
  await to.psql(roles.replace(/^CREATE ROLE postgres;$/m, ""));
  await runProgram(join(to.programFolder, "pg_restore"), ["--exit-on-error", "--create", "-d", "postgres", archive], environment(to));
}
