import * as postgresql from "@pulumi/postgresql";
import type * as pulumi from "@pulumi/pulumi";
import type { AccessPlan, DatabasePlan } from "./accessPlan.js";
import type { ChildContext } from "./createRoles.js";
import { type GrantPlan, planGrants } from "./grantPlan.js";

/** A database with everything inside it that is declared, one step after the other. */
export function createDatabase(context: ChildContext, plan: AccessPlan, database: DatabasePlan, roles: pulumi.Resource[]): void {
  const { name, provider, parent, dropOnDestroy, adopt } = context;
  const options = { parent, provider, retainOnDelete: !dropOnDestroy };
  const prefix = `${name}-${database.name}`;
  const created = new postgresql.Database(
    `${name}-database-${database.name}`,
    {
      name: database.name,
      owner: database.owner,
      template: "template0",
      encoding: database.encoding ?? "UTF8",
      ...(database.locale === undefined ? {} : { lcCollate: database.locale, lcCtype: database.locale }),
      connectionLimit: database.connectionLimit ?? -1,
      // Only where it is safe: see formerOwner.
      alterObjectOwnership: database.formerOwner !== undefined,
    },
    {
      ...options,
      dependsOn: roles,
      // Nothing that holds data is ever replaced: what applies at creation only is left alone afterwards.
      ignoreChanges: adopt ? ["*"] : ["template", "encoding", "lcCollate", "lcCtype"],
      ...(adopt ? { import: database.name } : {}),
    },
  );
  let last: pulumi.Resource = created;
  // What goes with the database need not be taken apart before.
  const next = () => ({ ...options, dependsOn: [last], deletedWith: created });
  for (const schema of database.schemas.filter((one) => one !== "public")) {
    last = new postgresql.Schema(`${prefix}-schema-${schema}`, { name: schema, database: database.name, owner: database.owner }, next());
  }
  for (const extension of database.extensions ?? []) {
    last = new postgresql.Extension(`${prefix}-extension-${extension.name}`, { ...extension, database: database.name }, next());
  }
  for (const grant of planGrants(database, plan)) last = createGrant(`${prefix}-${grant.key}`, grant, database, next());
}

function createGrant(name: string, grant: GrantPlan, database: DatabasePlan, options: pulumi.CustomResourceOptions): pulumi.Resource {
  const { kind, role, objectType, schema, privileges } = grant;
  const args = { role, objectType, privileges, database: database.name, ...(schema === undefined ? {} : { schema }) };
  return kind === "grant"
    ? new postgresql.Grant(name, args, options)
    : new postgresql.DefaultPrivileges(name, { ...args, owner: database.owner }, options);
}
