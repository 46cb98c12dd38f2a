import { parseRdsEngineVersion, rdsParameterFamily, rdsParameterNeedsRestart } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RdsDeclaration } from "./RdsDeclaration.js";
import type { RdsParameterArgs } from "./RdsPostgresArgs.js";

/**
 * What a server has that is backed up by dumps. Whether `rds.force_ssl` is 1 unless said differs by major, so it is said. A dump locks every table
 * of a database in one transaction, which takes entries of a table of `max_locks_per_transaction` for each connection that is allowed: with the
 * 64 that are usual a database of some thousand tables on a small class ends in "out of shared memory".
 */
const ALWAYS: RdsParameterArgs[] = [
  { name: "rds.force_ssl", value: "1" },
  { name: "max_locks_per_transaction", value: "256" },
];

/**
 * The parameter group's name, given or own. A new major needs a group of its family: with a prefix instead of a name the new one is there before
 * the instance changes over, and the old one goes afterwards.
 */
export function declareParameters({ name, parent, identifier, args, region, tags }: RdsDeclaration): pulumi.Output<string> {
  const { groupName } = args.parameters ?? {};
  if (groupName !== undefined) return pulumi.output(groupName);
  return new aws.rds.ParameterGroup(
    `${name}-parameters`,
    {
      namePrefix: `${identifier}-`,
      family: rdsParameterFamily(parseRdsEngineVersion(args.engineVersion ?? "")),
      description: `RDS instance ${identifier}: TLS enforced`,
      parameters: parametersOf(args.parameters?.values ?? []),
      ...region,
      ...tags,
    },
    { parent, deleteBeforeReplace: false },
  ).name;
}

function parametersOf(given: readonly RdsParameterArgs[]): aws.types.input.rds.ParameterGroupParameter[] {
  const all = [...ALWAYS.filter(({ name }) => !given.some((one) => one.name === name)), ...given];
  return all.map(({ name, value, needsRestart = rdsParameterNeedsRestart(name) }) => ({
    name,
    value,
    applyMethod: needsRestart ? "pending-reboot" : "immediate",
  }));
}
