import * as pulumi from "@pulumi/pulumi";
import { accessConnections, clusterConnection } from "./accessConnections.js";
import { accessError } from "./accessError.js";
import { accessPolicy, withSecrets } from "./accessInputs.js";
import { planAccess } from "./accessPlan.js";
import { accessProblems } from "./accessProblems.js";
import { adminProvider } from "./adminProvider.js";
import { createDatabase } from "./createDatabase.js";
import { createRoles } from "./createRoles.js";
import type { AccessConnection, PostgresAccessArgs } from "./PostgresAccessArgs.js";
import { superuserStatement } from "./superuserStatement.js";

/**
 * Databases and roles on a PostgreSQL server that exists, made so that backups of them are whole and restore: each database belongs to an
 * owner that cannot log in, applications act as that owner, a dump role reads everything and writes nothing, everybody else is kept out.
 *
 * The administrator needs CREATEROLE and CREATEDB, and from PostgreSQL 16 on also ADMIN OPTION on `pg_read_all_data`; it need not be a
 * superuser. Destroying the stack leaves databases and roles on the server, unless `dropOnDestroy`. What somebody drops by hand is noticed
 * by `pulumi refresh` only. For a server that may itself go, give `deletedWith` in the options: its children are then not dropped one by one.
 */
export class PostgresAccess extends pulumi.ComponentResource {
  /**
   * Each application's and read-only role's connection to each of its databases, by `<login>@<database>`, the login as it is written in the
   * arguments also where two alternate. Secret.
   */
  public readonly connections: pulumi.Output<Record<string, AccessConnection>>;
  /** The dump role's connection, to the maintenance database; the agent connects to the others itself. Secret. */
  public readonly dumpConnection: pulumi.Output<AccessConnection>;
  /** The restore role's connection, to the maintenance database. Nothing without a restore role. Secret. */
  public readonly restoreConnection: pulumi.Output<AccessConnection | undefined>;
  /**
   * One SQL statement that a superuser runs in each database where tables have row-level security or large objects exist. Without it the
   * agent refuses such a database before it dumps anything, and names what it may not read. The restore role, where there is one, gets from it
   * what it needs to verify tables whose row-level security is forced on their owner.
   */
  public readonly superuserStatement: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: PostgresAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = accessProblems(args);
    if (problems.length > 0) throw accessError(name, problems);
    const plan = planAccess(args);
    const effectivePolicy = accessPolicy(plan, args);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:PostgresAccess", name, { ...withSecrets(args), effectivePolicy }, opts);

    const context = {
      name,
      parent: this,
      provider: adminProvider(this, name, args),
      dropOnDestroy: args.dropOnDestroy ?? false,
      adopt: args.adopt ?? false,
    };
    const { resources: roles, passwords } = createRoles(context, plan, args.admin.username);
    for (const database of plan.databases) createDatabase(context, plan, database, roles);

    this.connections = accessConnections(args, plan, passwords);
    this.dumpConnection = pulumi.secret(clusterConnection("dump", args, plan, passwords)) as pulumi.Output<AccessConnection>;
    this.restoreConnection = pulumi.secret(clusterConnection("restore", args, plan, passwords));
    const restoreRole = plan.logins.find(({ kind }) => kind === "restore")?.name;
    this.superuserStatement = pulumi.output(superuserStatement(args.dumpRole?.name ?? "pgkeep_dump", restoreRole));
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      connections: this.connections,
      dumpConnection: this.dumpConnection,
      restoreConnection: this.restoreConnection,
      superuserStatement: this.superuserStatement,
      effectivePolicy,
    });
  }
}
