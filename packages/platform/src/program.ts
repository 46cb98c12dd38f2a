import { describeProblem } from "@pgkeep/core";
import { PostgresAccess } from "@pgkeep/postgresql";
import * as pulumi from "@pulumi/pulumi";
import { readDeclaration } from "./readDeclaration.js";

/** The program behind the root Pulumi.yaml: databases and roles as `pgkeep:*` declares them. */
// The SDK tells only for a key that is read one by one whether it is secret; the language host passes the list like this.
const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]") as string[];
const declaration = readDeclaration({ values: pulumi.runtime.allConfig(), isSecret: (key) => secretKeys.includes(key) }, process.env);
if ("problems" in declaration) {
  throw new pulumi.RunError(
    `The stack's configuration is wrong, and nothing was deployed.\n${declaration.problems.map(describeProblem).join("\n")}`,
  );
}
const access = new PostgresAccess("access", declaration.args);

export const effectivePolicy = access.effectivePolicy;
export const connections = access.connections;
export const dumpConnection = access.dumpConnection;
export const restoreConnection = access.restoreConnection;
export const superuserStatement = access.superuserStatement;
