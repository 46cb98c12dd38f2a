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
      // A new owner gets what is inside too; the provider's default would leave the tables to the old one.
      alterObjectOwnership: true,
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
  const next = () => ({ ...options, dependsOn: [last] });
  for (const schema of database.schemas.filter((one) => one !== "public")) {
    last = new postgresql.Schema(`${prefix}-schema-${schema}`, { name: schema, database: database.name, owner: database.owner }, next());
  }
  for (const extension of database.extensions ?? []) {
    last = new postgresql.Extension(`${prefix}-extension-${extension.name}`, { ...extension, database: database.name }, next());
  }
  for (const grant of planGrants(database, plan)) {
    const key = `${prefix}-${grant.key}`;
    last = grant.kind === "grant" ? createGrant(key, grant, database, next()) : createDefault(key, grant, database, next());
  }
}

function createGrant(name: string, grant: GrantPlan, database: DatabasePlan, options: pulumi.CustomResourceOptions): pulumi.Resource {
  return new postgresql.Grant(name, grantArgs(grant, database), options);
}

/** Named after the owner whose later objects it is about: it stays when that role is renamed, and is another one when another role owns. */
function createDefault(name: string, grant: GrantPlan, database: DatabasePlan, options: pulumi.CustomResourceOptions): pulumi.Resource {
  const { owner, formerOwner } = database;
  return new postgresql.DefaultPrivileges(
    `${name}-of-${owner}`,
    { ...grantArgs(grant, database), owner },
    {
      ...options,
      ignoreChanges: ["owner"],
      ...(formerOwner === undefined ? {} : { aliases: [{ name: `${name}-of-${formerOwner}` }] }),
    },
  );
}

function grantArgs({ role, objectType, schema, privileges }: GrantPlan, database: DatabasePlan) {
  return { role, objectType, privileges, database: database.name, ...(schema === undefined ? {} : { schema }) };
}
