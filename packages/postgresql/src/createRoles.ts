import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { accessError } from "./accessError.js";
import type { AccessPlan, LoginPlan } from "./accessPlan.js";
import { passwordProblem } from "./passwordProblem.js";

/** What every child of a component shares. */
export interface ChildContext {
  /** The component's name, which every child's name begins with. */
  name: string;
  parent: pulumi.Resource;
  provider: pulumi.ProviderResource;
  dropOnDestroy: boolean;
  adopt: boolean;
}

/** The roles that exist after a deployment, and the logins' passwords by name. */
export interface CreatedRoles {
  resources: pulumi.Resource[];
  passwords: Record<string, pulumi.Output<string>>;
}

/** Owners first, each with the administrator as a member; then the logins, which are members of them. */
export function createRoles(context: ChildContext, plan: AccessPlan, adminUsername: pulumi.Input<string>): CreatedRoles {
  const owners = Object.fromEntries(plan.owners.map((owner) => [owner, createOwner(context, owner, adminUsername)]));
  const passwords: Record<string, pulumi.Output<string>> = {};
  const logins = plan.logins.map((login) => {
    const password = passwordOf(context, login);
    passwords[login.name] = password;
    const dependsOn = login.memberOf.flatMap((role) => owners[role] ?? []);
    return new postgresql.Role(
      `${context.name}-role-${login.name}`,
      {
        name: login.name,
        login: true,
        password,
        // Among the role's own properties: an update of a role takes away every membership that is not listed there (revokeRoles in
        // resource_postgresql_role.go), so a GrantRole of ours would be undone by the next change of a password.
        roles: login.memberOf,
        // Sessions begin as the owner, so that what a migration creates is the owner's and not the login's.
        ...(login.actsAs === undefined ? {} : { assumeRole: login.actsAs }),
        createDatabase: login.kind === "restore",
        connectionLimit: login.connectionLimit ?? -1,
        ...ROLE_DROPS,
      },
      { ...roleOptions(context, login.name, ["dump", "restore"].includes(login.kind) ? ["bypassRowLevelSecurity"] : []), dependsOn },
    );
  });
  return { resources: [...Object.values(owners).flat(), ...logins], passwords };
}

/**
 * Where a role is dropped at all, it is only dropped: it owns nothing (a login) or owns what went before it (an owner). REASSIGN OWNED would
 * reach one database only, hand things to the administrator, and is refused on managed servers (cyrilgdn/terraform-provider-postgresql#203).
 */
const ROLE_DROPS = { skipReassignOwned: true };

function createOwner(context: ChildContext, owner: string, adminUsername: pulumi.Input<string>): pulumi.Resource[] {
  const role = new postgresql.Role(
    `${context.name}-role-${owner}`,
    { name: owner, login: false, ...ROLE_DROPS },
    roleOptions(context, owner, []),
  );
  // Without it CREATE DATABASE … OWNER is refused to whoever is no superuser; from 16 on creating a role gives ADMIN OPTION and nothing more.
  // That it stays also keeps the provider from joining and leaving the role in each of its steps, side by side (issue 509 of the source).
  const membership = new postgresql.GrantRole(
    `${context.name}-admin-in-${owner}`,
    { role: adminUsername, grantRole: owner },
    {
      parent: context.parent,
      provider: context.provider,
      retainOnDelete: !context.dropOnDestroy,
      dependsOn: [role],
      // From 16 on there are two memberships, this one and the creator's with ADMIN OPTION, and the provider reads whichever comes first
      // (getGrantRoleQuery in resource_postgresql_grant_role.go): a replacement at every deployment.
      ignoreChanges: ["withAdminOption"],
    },
  );
  return [role, membership];
}

function roleOptions(
  { parent, provider, dropOnDestroy, adopt }: ChildContext,
  id: string,
  ignored: string[],
): pulumi.CustomResourceOptions {
  return {
    parent,
    provider,
    retainOnDelete: !dropOnDestroy,
    ignoreChanges: adopt ? ["*"] : ignored,
    ...(adopt ? { import: id } : {}),
  };
}

function passwordOf(context: ChildContext, login: LoginPlan): pulumi.Output<string> {
  if (login.givenPassword !== undefined)
    return pulumi.secret(pulumi.output(login.givenPassword).apply((password) => checked(context, login, password)));
  const generated = new random.RandomPassword(
    `${context.name}-password-${login.name}`,
    // No special characters: these pass through URIs, .env files and charts of others, which each quote in their own way.
    { length: 32, special: false, keepers: { generation: String(login.passwordGeneration) } },
    { parent: context.parent },
  );
  return pulumi.secret(generated.result);
}

/** A password that was not known when the arguments were checked. */
function checked({ name }: ChildContext, { path }: LoginPlan, password: string): string {
  const reason = passwordProblem(password);
  if (reason !== undefined) throw accessError(name, [{ where: `${path}.password`, received: "(not shown: it is a secret)", reason }]);
  return password;
}
