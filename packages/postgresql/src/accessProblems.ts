import { argumentProblems, type Problem } from "@pgkeep/core";
import { planAccess } from "./accessPlan.js";
import { accessSchema } from "./accessSchema.js";
import { nameProblem, quoteIdentifier } from "./identifiers.js";
import { offeredExtensions } from "./managedExtensions.js";
import { ManagedService, type PostgresAccessArgs } from "./PostgresAccessArgs.js";

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function accessProblems(args: PostgresAccessArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(accessSchema, args);
  if (!wellFormed) return problems;
  return [
    ...problems,
    ...duplicates(args),
    ...ownerProblems(args),
    ...databaseProblems(args),
    ...extensionProblems(args),
    ...passwordProblems(args),
  ];
}

/** Roles and databases are each one name space of the whole server. */
function duplicates(args: PostgresAccessArgs): Problem[] {
  const { databases, logins } = planAccess(args);
  const twice = (names: { where: string; name: string }[], what: string) =>
    names.flatMap(({ where, name }, index): Problem[] => {
      const first = names.findIndex((other) => other.name === name);
      return first === index ? [] : [{ where, received: JSON.stringify(name), reason: `${names[first]?.where} declares the same ${what}` }];
    });
  return [
    ...twice(
      databases.map(({ name }, index) => ({ where: `databases[${index}].name`, name })),
      "database",
    ),
    ...twice(
      logins.map(({ name, path }) => ({ where: `${path}.name`, name })),
      "login",
    ),
    // Names made from others can be too long where those are not.
    ...[
      ...databases.map(({ owner }, index) => ({ where: `databases[${index}].owner`, name: owner, given: args.databases[index]?.owner })),
      ...logins.map(({ name, declaredName, path }) => ({ where: `${path}.name`, name, given: name === declaredName ? name : undefined })),
    ].flatMap(({ where, name, given }): Problem[] => {
      const reason = given === undefined ? nameProblem(name) : undefined;
      return reason === undefined
        ? []
        : [{ where, received: `${JSON.stringify(name)} (made from another name)`, reason, allowed: "at most 63 bytes" }];
    }),
  ];
}

function ownerProblems(args: PostgresAccessArgs): Problem[] {
  const { databases, logins } = planAccess(args);
  const admin = typeof args.admin.username === "string" ? args.admin.username : undefined;
  return [
    ...databases.flatMap(({ owner }, index): Problem[] => {
      const login = logins.find(({ name }) => name === owner);
      return login === undefined
        ? []
        : [
            {
              where: `databases[${index}].owner`,
              received: JSON.stringify(owner),
              reason: `${login.path}.name is a login of this name, and an owner cannot log in: what a login owns goes with it`,
              allowed: "a name of its own; the login becomes a member of the owner by itself",
            },
          ];
    }),
    ...databases.flatMap(({ name, owner, formerOwner }, index): Problem[] => {
      const other = databases.find(
        (one) => one.name !== name && formerOwner !== undefined && [one.owner, one.formerOwner].includes(formerOwner),
      );
      if (formerOwner === undefined || other === undefined) return [];
      const statement = `REASSIGN OWNED BY ${quoteIdentifier(formerOwner)} TO ${quoteIdentifier(owner)}`;
      return [
        {
          where: `databases[${index}].formerOwner`,
          received: JSON.stringify(formerOwner),
          reason: `${other.name} belongs to it too, and PostgreSQL would hand that database over as well, yet not what is in it`,
          allowed: "a former owner of this database alone",
          next: `leave formerOwner out and deploy, then run in each database that changes hands, as the administrator: ${statement}`,
        },
      ];
    }),
    ...logins.flatMap(({ kind, path, memberOf, databases: worksIn }): Problem[] =>
      kind === "application" && memberOf.length > 1
        ? [
            {
              where: `${path}.databases`,
              received: worksIn.map((name) => `${name} (owner ${databases.find((database) => database.name === name)?.owner})`).join(", "),
              reason: "these databases have two owners, and a login acts as one role when it connects",
              allowed: "databases of one owner",
              next: "give the databases one owner, or declare a login for each",
            },
          ]
        : [],
    ),
    ...[
      ...databases.map(({ owner }, index) => ({ where: `databases[${index}].owner`, name: owner })),
      ...logins.map(({ name, path }) => ({ where: `${path}.name`, name })),
    ].flatMap(({ where, name }): Problem[] =>
      name === admin
        ? [
            {
              where,
              received: JSON.stringify(name),
              reason: "this is the administrator, who is not declared here",
              allowed: "another name",
            },
          ]
        : [],
    ),
  ];
}

function databaseProblems(args: PostgresAccessArgs): Problem[] {
  const known = args.databases.map(({ name }) => name);
  return [
    ...(args.applications ?? []).map(({ databases }, index) => ({ databases, where: `applications[${index}].databases` })),
    ...(args.readOnlyRoles ?? []).map(({ databases }, index) => ({ databases, where: `readOnlyRoles[${index}].databases` })),
  ].flatMap(({ databases, where }) =>
    databases.flatMap((name, index): Problem[] => {
      const problem = (reason: string) => [
        { where: `${where}[${index}]`, received: JSON.stringify(name), reason, allowed: known.join(", ") },
      ];
      if (!known.includes(name)) return problem("no database of this name is declared");
      return databases.indexOf(name) === index ? [] : problem("this database is listed twice");
    }),
  );
}

function extensionProblems({ server, databases }: PostgresAccessArgs): Problem[] {
  const service = server.managedService ?? ManagedService.OwnServer;
  const offered = offeredExtensions(service, server.availableExtensions);
  return databases.flatMap(({ extensions = [] }, database) =>
    extensions.flatMap(({ name }, index): Problem[] => {
      const where = `databases[${database}].extensions[${index}].name`;
      const received = JSON.stringify(name);
      if (extensions.findIndex((other) => other.name === name) !== index)
        return [{ where, received, reason: "this extension is listed twice" }];
      if (offered === undefined || offered.names.includes(name)) return [];
      return [
        {
          where,
          received,
          reason: server.availableExtensions ? "server.availableExtensions does not name it" : `${service} does not offer this extension`,
          allowed: offered.told,
          next: "where the server does offer it, say so in server.availableExtensions",
        },
      ];
    }),
  );
}

function passwordProblems({ applications = [] }: PostgresAccessArgs): Problem[] {
  return applications.flatMap(({ alternateLogins, password }, index): Problem[] =>
    alternateLogins && password !== undefined
      ? [
          {
            where: `applications[${index}].password`,
            received: "(not shown: it is a secret)",
            reason: "two alternating logins have a password each, which are generated",
            next: "remove the password, or alternateLogins",
          },
        ]
      : [],
  );
}
