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

export = {
  effectivePolicy: access.effectivePolicy,
  connections: access.connections,
  dumpConnection: access.dumpConnection,
  // An output without a value is a warning at every deployment.
  ...(declaration.args.restoreRole === undefined ? {} : { restoreConnection: access.restoreConnection }),
  superuserStatement: access.superuserStatement,
};
