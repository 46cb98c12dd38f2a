import { SslMode } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import type { AccessPlan } from "./accessPlan.js";
import { describeAccess } from "./describeAccess.js";
import type { PostgresAccessArgs } from "./PostgresAccessArgs.js";

/** Inputs of a component land in the state as they are given: a password must be marked before. */
export function withSecrets(args: PostgresAccessArgs): PostgresAccessArgs {
  const hide = <Role extends { password?: pulumi.Input<string> }>(role: Role): Role =>
    role.password === undefined ? role : { ...role, password: pulumi.secret(role.password) };
  return {
    ...args,
    admin: hide(args.admin),
    ...(args.applications === undefined ? {} : { applications: args.applications.map(hide) }),
    ...(args.readOnlyRoles === undefined ? {} : { readOnlyRoles: args.readOnlyRoles.map(hide) }),
    ...(args.dumpRole === undefined ? {} : { dumpRole: hide(args.dumpRole) }),
    ...(args.restoreRole === undefined ? {} : { restoreRole: hide(args.restoreRole) }),
  };
}

/** The declaration in words, as soon as its values are known. */
export function accessPolicy(plan: AccessPlan, args: PostgresAccessArgs): pulumi.Output<string> {
  const limits = (entries: { name: string; connectionLimit?: pulumi.Input<number> }[]) =>
    pulumi.all(Object.fromEntries(entries.map(({ name, connectionLimit }) => [name, connectionLimit ?? -1])));
  return pulumi
    .all([limits(plan.databases), limits(plan.logins), args.server.sslMode ?? SslMode.VerifyFull])
    .apply(([databaseLimits, loginLimits, sslMode]) =>
      describeAccess(plan, {
        databaseLimits,
        loginLimits,
        sslMode,
        dropOnDestroy: args.dropOnDestroy ?? false,
        adopt: args.adopt ?? false,
      }),
    );
}
