import type { AccessPlan, DatabasePlan, LoginPlan } from "./accessPlan.js";

/** What of the deployment's values the description needs, beside the plan. */
export interface DescribedValues {
  /** By name. */
  databaseLimits: Record<string, number>;
  loginLimits: Record<string, number>;
  sslMode: string;
  dropOnDestroy: boolean;
  adopt: boolean;
}

/** The whole declaration in sentences, one a line, for whoever reviews a preview. */
export function describeAccess({ databases, logins }: AccessPlan, values: DescribedValues): string {
  return [
    ...databases.flatMap((database) => describeDatabase(database, values.databaseLimits[database.name] ?? -1)),
    ...logins.map((login) => describeLogin(login, values.loginLimits[login.name] ?? -1)),
    `connections are made with sslmode ${values.sslMode}`,
    values.adopt ? "adopts databases and roles that exist: none is created, none is changed" : undefined,
    values.dropOnDestroy
      ? "destroy: DROPS databases with their data, and roles"
      : "destroy: databases, their data, roles and grants stay on the server",
  ]
    .filter((line) => line !== undefined)
    .join("\n");
}

function describeDatabase({ name, owner, encoding, locale, extensions = [] }: DatabasePlan, limit: number): string[] {
  const creation = `${encoding ?? "UTF8"}, ${locale === undefined ? "the server's locale" : `locale ${locale}`} (at creation only)`;
  return [
    `${name}: owned by ${owner}, which cannot log in; everybody else (PUBLIC) is kept out`,
    `${name}: ${creation}; ${describeLimit(limit)}; ${extensions.length === 0 ? "no extensions" : `extensions ${extensions.map((one) => one.name).join(", ")}`}`,
  ];
}

function describeLogin(login: LoginPlan, limit: number): string {
  const { name, databases } = login;
  const may = {
    application: `acts as ${login.actsAs} in ${databases.join(", ")} and owns nothing`,
    "read-only": `reads tables and sequences of ${databases.join(", ")}, those created later too, and writes nothing`,
    dump: "takes backups: reads everything on the server (pg_read_all_data), writes nothing; as secret as a superuser",
    restore: `restores: creates databases and may act as ${login.memberOf.join(", ")}`,
  }[login.kind];
  const password =
    login.givenPassword === undefined ? `password generated, generation ${login.passwordGeneration}` : "password given in the arguments";
  return `${name} (${login.kind}) ${may}; ${password}${login.active ? "" : ", not given out"}; ${describeLimit(limit)}`;
}

function describeLimit(limit: number): string {
  return limit === -1 ? "no connection limit" : `at most ${limit} connection${limit === 1 ? "" : "s"}`;
}
