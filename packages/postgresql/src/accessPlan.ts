import type * as pulumi from "@pulumi/pulumi";
import type { AccessDatabaseArgs, PostgresAccessArgs } from "./PostgresAccessArgs.js";

/** What a login is for. */
export type LoginKind = "application" | "read-only" | "dump" | "restore";

/** One login role, with all that is decided about it before anything is deployed. */
export interface LoginPlan {
  kind: LoginKind;
  name: string;
  /** As it is written in the arguments: of two alternating logins, the name without its letter. */
  declaredName: string;
  /** Where its arguments stand, for messages. */
  path: string;
  /** Roles that it is a member of. */
  memberOf: string[];
  /** The role that its sessions act as from the start. */
  actsAs?: string;
  /** Databases that it works in; all of them for the dump and the restore. */
  databases: string[];
  givenPassword?: pulumi.Input<string>;
  /** Which of the generated passwords is this login's. */
  passwordGeneration: number;
  /** The one of two alternating logins that is given out; true where there is only one. */
  active: boolean;
  connectionLimit?: pulumi.Input<number>;
}

export interface DatabasePlan extends AccessDatabaseArgs {
  owner: string;
  schemas: string[];
}

/** Everything that is to exist, with defaults filled in. */
export interface AccessPlan {
  owners: string[];
  databases: DatabasePlan[];
  logins: LoginPlan[];
}

/** Fills in defaults. Knows no errors: `accessProblems` judges what it returns. */
export function planAccess(args: PostgresAccessArgs): AccessPlan {
  const databases = args.databases.map((database) => ({
    ...database,
    owner: database.owner ?? `${database.name}_owner`,
    schemas: database.schemas ?? ["public"],
  }));
  const owners = [...new Set(databases.map(({ owner }) => owner))];
  const ownersOf = (names: readonly string[]) => [
    ...new Set(databases.filter(({ name }) => names.includes(name)).map(({ owner }) => owner)),
  ];
  const everyDatabase = databases.map(({ name }) => name);
  return {
    owners,
    databases,
    logins: [
      ...(args.applications ?? []).flatMap((application, index): LoginPlan[] => {
        const memberOf = ownersOf(application.databases);
        const common = {
          kind: "application" as const,
          declaredName: application.name,
          path: `applications[${index}]`,
          memberOf,
          ...(memberOf[0] === undefined ? {} : { actsAs: memberOf[0] }),
          databases: application.databases,
          ...limitOf(application),
        };
        const generation = application.passwordGeneration ?? 1;
        if (!application.alternateLogins) return [{ ...common, name: application.name, ...passwordOf(application), active: true }];
        return [
          // Odd generations are a's, even ones b's: the one that is not given out keeps the password it had.
          {
            ...common,
            name: `${application.name}_a`,
            passwordGeneration: generation - ((generation + 1) % 2),
            active: generation % 2 === 1,
          },
          { ...common, name: `${application.name}_b`, passwordGeneration: generation - (generation % 2), active: generation % 2 === 0 },
        ];
      }),
      ...(args.readOnlyRoles ?? []).map(
        (role, index): LoginPlan => ({
          kind: "read-only",
          name: role.name,
          declaredName: role.name,
          path: `readOnlyRoles[${index}]`,
          memberOf: [],
          databases: role.databases,
          ...passwordOf(role),
          active: true,
          ...limitOf(role),
        }),
      ),
      {
        kind: "dump",
        name: args.dumpRole?.name ?? "pgkeep_dump",
        declaredName: args.dumpRole?.name ?? "pgkeep_dump",
        path: "dumpRole",
        memberOf: ["pg_read_all_data"],
        databases: everyDatabase,
        ...passwordOf(args.dumpRole ?? {}),
        active: true,
      },
      ...(args.restoreRole === undefined
        ? []
        : [
            {
              kind: "restore" as const,
              name: args.restoreRole.name ?? "pgkeep_restore",
              declaredName: args.restoreRole.name ?? "pgkeep_restore",
              path: "restoreRole",
              memberOf: owners,
              databases: everyDatabase,
              ...passwordOf(args.restoreRole),
              active: true,
            },
          ]),
    ],
  };
}

function passwordOf(role: { password?: pulumi.Input<string>; passwordGeneration?: number }) {
  return {
    ...(role.password === undefined ? {} : { givenPassword: role.password }),
    passwordGeneration: role.passwordGeneration ?? 1,
  };
}

function limitOf({ connectionLimit }: { connectionLimit?: pulumi.Input<number> }) {
  return connectionLimit === undefined ? {} : { connectionLimit };
}
