import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { initialise } from "../init/initialise.js";
import type { AddCommand } from "./commandLine.js";
import { describeInit } from "./describeInit.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { repeatable } from "./repeatable.js";

interface InitOptions extends GlobalOptions {
  cluster?: string;
  database?: string[];
  store?: string;
  uri?: string;
  host?: string;
  port?: string;
  user?: string;
  sslmode?: string;
}

export const addInit: AddCommand = (program, surroundings, finish) => {
  program
    .command("init")
    .argument("[folder]", "where to write", ".")
    .description("Write a configuration, the keys for encryption and signatures, and the page for the escrow key.")
    .option("--cluster <name>", "name of the cluster in the store: lower-case letters, digits and hyphens")
    .option("--database <name>", "database to back up; once for each, all of them at one instant", repeatable)
    .option("--store <url>", "where recovery points live: a folder, file:///folder or s3://bucket/prefix")
    .option("--uri <uri>", "the server, as a libpq URI without a password (default: PGHOST and its kind)")
    .option("--host <host>", "the server, as host name, address or folder of a socket; in place of --uri")
    .option("--port <port>", "its port")
    .option("--user <name>", "the role that dumps")
    .option("--sslmode <mode>", "disable, require, verify-ca or verify-full")
    .addHelpText("after", HELP)
    .action(async (folder: string, _options, command) => {
      const options = command.optsWithGlobals() as InitOptions;
      const uri = connectionUri(options);
      const result = await initialise({
        folder: resolve(surroundings.folder, folder),
        ...required(options),
        store: storeUrl(options.store ?? "", surroundings.folder),
        ...(uri === undefined ? {} : { uri }),
      });
      printResult(surroundings, options.json === true, result, () => describeInit(result));
      finish(ExitCode.Done);
    });
};

function required({ cluster, database = [], store, uri, host, port, user, sslmode }: InitOptions): {
  cluster: string;
  databases: string[];
} {
  const problems: Problem[] = [];
  const missing = (where: string, reason: string, next: string) => problems.push({ where, reason, next });
  if (!cluster) missing("--cluster", "the cluster needs a name in the store", "for example --cluster shop");
  if (database.length === 0) missing("--database", "no database is named", "for example --database shop, once for each database");
  if (!store)
    missing("--store", "no place for the recovery points is named", "for example --store s3://bucket/prefix or --store /srv/backups");
  if (uri !== undefined && [host, port, user, sslmode].some((part) => part !== undefined)) {
    missing("--uri", "a URI says all that --host, --port, --user and --sslmode say", "give the one or the others");
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Usage, problems);
  return { cluster: cluster ?? "", databases: database };
}

/** One form for the configuration, whichever was typed. */
function connectionUri({ uri, host, port, user, sslmode }: InitOptions): string | undefined {
  if (uri !== undefined || [host, port, user, sslmode].every((part) => part === undefined)) return uri;
  const at = user === undefined ? "" : `${encodeURIComponent(user)}@`;
  const place = host?.includes(":") ? `[${host}]` : encodeURIComponent(host ?? "");
  const query = sslmode === undefined ? "" : `?sslmode=${encodeURIComponent(sslmode)}`;
  return `postgresql://${at}${place}${port === undefined ? "" : `:${port}`}${query === "" ? "" : `/${query}`}`;
}

/** A path typed at a shell is meant from the working folder; the configuration wants it as a URL. */
function storeUrl(typed: string, folder: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : pathToFileURL(resolve(folder, typed)).href;
}

const HELP = `
Nothing is ever overwritten. The password of the server is not asked for: it comes from PGPASSWORD_FILE, PGPASSWORD or a libpq password file.

Example:
  $ pgkeep init --cluster shop --database shop --database shop-jobs --host db.example.org --user backup --store s3://shop-backups/postgres
  $ pgkeep init /etc/pgkeep --cluster shop --database shop --store /srv/backups`;
