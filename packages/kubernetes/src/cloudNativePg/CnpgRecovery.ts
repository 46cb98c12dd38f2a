import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import type { CnpgRecoveryArgs } from "./CnpgRecoveryArgs.js";
import { cnpgRecoveryProblems } from "./cnpgRecoveryProblems.js";
import { describeRecovery, type KnownCnpgRecovery, lastingParts, recoveryParts } from "./recoverySpec.js";

/**
 * A new Cluster of CloudNativePG, recovered from the object store of another to a time. Never in place: the Cluster that was backed up, if it is still
 * there, is not touched.
 */
export class CnpgRecovery extends pulumi.ComponentResource {
  /** Name of the Cluster, for `clusterName` of a `CnpgBackup` of its own. */
  public readonly clusterName: pulumi.Output<string>;
  /** Host name of the instance that may be written to, within the Kubernetes cluster. */
  public readonly host: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: CnpgRecoveryArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = cnpgRecoveryProblems(name, args);
    if (problems.length > 0) throw argumentsError("CnpgRecovery", name, problems);
    const clusterName = args.clusterName ?? name;
    const known: pulumi.Output<KnownCnpgRecovery> = pulumi.output(args).apply((values) => {
      const given = values as KnownCnpgRecovery;
      const late = cnpgRecoveryProblems(name, given);
      if (late.length > 0) throw argumentsError("CnpgRecovery", name, late);
      return given;
    });
    const effectivePolicy = known.apply((values) => describeRecovery(clusterName, values));
    super("pgkeep:index:CnpgRecovery", name, { ...args, effectivePolicy }, opts);

    const cluster = new kubernetes.apiextensions.CustomResource(
      `${name}-cluster`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: {
          name: clusterName,
          namespace: args.namespace,
          labels: known.apply(({ labels = {} }) => labels),
          annotations: args.awaitReady ? { "pulumi.com/waitFor": "condition=Ready" } : {},
        },
        spec: known.apply((values) => ({ ...lastingParts(values), ...recoveryParts(values) })),
      },
      {
        parent: this,
        protect: args.protect ?? true,
        // They count when the Cluster is made. Out of sight of later changes, a time that has passed can be removed from the program.
        ignoreChanges: ["spec.bootstrap", "spec.externalClusters"],
        customTimeouts: { create: "24h" },
      },
    );

    this.clusterName = cluster.metadata.name;
    this.host = pulumi.interpolate`${clusterName}-rw.${args.namespace}.svc`;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({ clusterName: this.clusterName, host: this.host, effectivePolicy });
  }
}
