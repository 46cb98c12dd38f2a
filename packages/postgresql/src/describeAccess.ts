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

/**
 * The whole declaration in sentences, one a line, for whoever reviews a preview. What a destroy does comes first: where nothing is compared,
 * as in a destroy itself, the engine shows three lines of a text and no more.
 */
export function describeAccess({ databases, logins }: AccessPlan, values: DescribedValues): string {
  return [
    values.dropOnDestroy
      ? "destroy: DROPS the databases with their data, and the roles"
      : "destroy: databases, their data, roles and grants stay on the server",
    values.adopt ? "adopts databases and roles that exist: none is created, none is changed" : undefined,
    `connections are made with sslmode ${values.sslMode}`,
    ...databases.flatMap((database) => describeDatabase(database, values.databaseLimits[database.name] ?? -1)),
    ...logins.flatMap((login) => describeLogin(login, values.loginLimits[login.name] ?? -1)),
  ]
    .filter((line) => line !== undefined)
    .join("\n");
}

// The engine cuts lines at 150 characters.
function describeDatabase({ name, owner, encoding, locale, extensions = [] }: DatabasePlan, limit: number): string[] {
  const creation = `${encoding ?? "UTF8"}, ${locale === undefined ? "the server's locale" : `locale ${locale}`} (at creation only)`;
  return [
    `${name}: owned by ${owner}, which cannot log in; everybody else (PUBLIC) is kept out`,
    `${name}: ${creation}; ${describeLimit(limit)}; ${extensions.length === 0 ? "no extensions" : `extensions ${extensions.map((one) => one.name).join(", ")}`}`,
  ];
}

function describeLogin({ name, kind, databases, memberOf, actsAs, ...login }: LoginPlan, limit: number): string[] {
  const may = {
    application: `acts as ${actsAs} in ${databases.join(", ")}; owns nothing`,
    "read-only": `reads ${databases.join(", ")}, what is created later too; writes nothing`,
    dump: "reads everything on the server, writes nothing; as secret as a superuser",
    restore: `creates databases, may act as ${memberOf.join(", ")}`,
  }[kind];
  const password = login.givenPassword === undefined ? `password generated, generation ${login.passwordGeneration}` : "password given";
  return [`${name} (${kind}): ${may}`, `${name}: ${password}${login.active ? "" : ", not given out"}; ${describeLimit(limit)}`];
}

function describeLimit(limit: number): string {
  return limit === -1 ? "no connection limit" : `at most ${limit} connection${limit === 1 ? "" : "s"}`;
}
