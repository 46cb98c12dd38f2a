import type { DatabaseRecord, Manifest } from "@pgkeep/core";
import pg from "pg";
import { sqlName } from "../postgresql/objectName.js";
import { createDatabaseStatement, renderDatabaseProperties } from "../postgresql/renderDatabase.js";
import { printable } from "../terminal/printable.js";
import { shellWord } from "../terminal/shellWord.js";
import { inCode } from "./inCode.js";
import { opened } from "./opened.js";
import type { RunbookStep } from "./Runbook.js";
import { shownSqlName } from "./shownSqlName.js";
import { connectionWord, sqlBlock } from "./sqlBlock.js";

/** Tables whose rows are counted after the load, the largest first. */
const MOST_COUNTED = 40;

/** From here on a script of pg_restore begins with a setting that older servers refuse. */
const SINCE_TRANSACTION_TIMEOUT = 17;

/** Makes one database and fills it, by psql and pg_restore alone. */
export function loadSteps(database: DatabaseRecord, manifest: Manifest, place: number): RunbookStep[] {
  const { name, properties } = database;
  const major = Math.floor(manifest.server.versionNumber / 10_000);
  // A name that would turn the terminal around is given at the very end, in a statement whose text is harmless.
  const working = printable(name) === name ? name : `pgkeep-restored-${place + 1}`;
  const shown = inCode(name);
  const target = shellWord(connectionWord(working));
  const object = opened(database.object);
  const tablespace =
    properties.tablespace === "pg_default"
      ? []
      : [`Its tablespace was \`${inCode(properties.tablespace)}\`; it comes back in the server's default one.`];
  return [
    {
      title: `Database \`${shown}\`: make it`,
      text: [
        `If one of this name still lives there, this stops and changes nothing. Move the old one away first: \`ALTER DATABASE … RENAME TO …\`, in psql, once nobody is connected to it.`,
        ...tablespace,
      ],
      code: sqlBlock("postgres", [createDatabaseStatement(working, properties, { targetMajor: major, tablespace: null })]),
    },
    {
      title: `Database \`${shown}\`: load it`,
      text: ["Every error stops it. To begin again, drop the database and make it anew."],
      code: `${object} | pg_restore --exit-on-error -d ${target}`,
      ...(major < SINCE_TRANSACTION_TIMEOUT
        ? {
            instead: {
              when: `Only where \`pg_restore --version\` says ${SINCE_TRANSACTION_TIMEOUT} or newer and the server is older, it would stop at \`transaction_timeout\`. Then, in place of the line above:`,
              code: `${object} | pg_restore --file=- | sed '1,40{/^SET transaction_timeout = 0;$/d;}' | psql -X -q -o /dev/null -v ON_ERROR_STOP=1 -d ${target}`,
            },
          }
        : {}),
    },
    {
      title: `Database \`${shown}\`: are all rows there? Then its settings and privileges`,
      text: ["A table that is listed differs in its number of rows from what was recorded. None must be."],
      code: [countRows(working, database), ...finish(working, name, properties)].join("\n"),
    },
  ];
}

function countRows(working: string, { tables }: DatabaseRecord): string {
  const counted = tables.toSorted((a, b) => b.digest.rows - a.digest.rows).slice(0, MOST_COUNTED);
  const rows = counted.map(({ schema, name: table, digest }) => {
    const shown = pg.escapeLiteral(printable(`${schema}.${table}`)).trim();
    return `  (${shown}, ${digest.rows}::bigint, (SELECT count(*) FROM ONLY ${shownSqlName(schema)}.${shownSqlName(table)}))`;
  });
  const comparison = `SELECT "table", recorded, found FROM (VALUES\n${rows.join(",\n")}\n) AS counted ("table", recorded, found) WHERE recorded <> found;`;
  return sqlBlock(working, ["ANALYZE;", ...(rows.length === 0 ? [] : [comparison])]);
}

function finish(working: string, name: string, properties: DatabaseRecord["properties"]): string[] {
  const rename = working === name ? [] : [`ALTER DATABASE ${sqlName(working)} RENAME TO ${shownSqlName(name)};`];
  const statements = [...renderDatabaseProperties(working, properties), ...rename];
  return statements.length === 0 ? [] : [sqlBlock("postgres", statements)];
}
