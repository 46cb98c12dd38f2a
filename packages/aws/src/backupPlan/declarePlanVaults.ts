import { vaultOfArn } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import type { BackupPlanArgs } from "./BackupPlanArgs.js";
import { type DeclaredVault, declareVault } from "./declareVault.js";

/** The vaults of a plan: its own or the one given, and those that it copies to, by their names among the destinations. */
export interface PlanVaults {
  vault: Pick<DeclaredVault, "arn" | "name"> & { keyArn: pulumi.Output<string | undefined> };
  destinations: Record<string, { arn: pulumi.Output<string>; keyArn: pulumi.Output<string | undefined> }>;
}

export function declarePlanVaults(parent: pulumi.Resource, name: string, args: BackupPlanArgs): PlanVaults {
  const { protect = true, tags, region, destinations = [] } = args;
  const shared = { parent, vaultName: name, protect, ...(tags === undefined ? {} : { tags }) };
  return {
    vault:
      args.vaultArn === undefined
        ? declareVault({ ...shared, name: `${name}-vault`, vault: args.vault ?? {}, ...(region === undefined ? {} : { region }) })
        : givenVault(pulumi.output(args.vaultArn)),
    destinations: Object.fromEntries(
      destinations.map((one) => [
        one.name,
        one.vaultArn === undefined
          ? declareVault({
              ...shared,
              name: `${name}-${one.name}-vault`,
              vault: one.vault ?? {},
              ...(one.region === undefined ? {} : { region: one.region }),
            })
          : { arn: pulumi.output(one.vaultArn), keyArn: pulumi.output(one.keyArn) },
      ]),
    ),
  };
}

function givenVault(arn: pulumi.Output<string>): PlanVaults["vault"] {
  return { arn, name: arn.apply((text) => vaultOfArn(text)?.name ?? text), keyArn: pulumi.output(undefined) };
}
