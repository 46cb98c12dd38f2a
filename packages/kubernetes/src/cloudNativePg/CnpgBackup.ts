import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { type CnpgBackupArgs, CnpgBackupMethod, CnpgBackupOwner, type CnpgClusterPlugin } from "./CnpgBackupArgs.js";
import { cnpgBackupProblems } from "./cnpgBackupProblems.js";
import { BARMAN_PLUGIN, clusterPlugin, cnpgTimes, type KnownCnpgBackup, objectStoreSpec } from "./cnpgSpecs.js";
import { describeCnpgBackup } from "./describeCnpgBackup.js";

/**
 * Backups of a Cluster of CloudNativePG, which is there already: a ScheduledBackup whose schedule is emitted with the six fields that it wants, and the
 * ObjectStore of the Barman Cloud plugin with its recovery window. Needs CloudNativePG 1.26 or newer and, for the method `Plugin`, the plugin.
 */
export class CnpgBackup extends pulumi.ComponentResource {
  /** Name of the ScheduledBackup. */
  public readonly scheduledBackupName: pulumi.Output<string>;
  /** Name of the ObjectStore. Nothing for snapshots. */
  public readonly objectStoreName: pulumi.Output<string | undefined>;
  /** What `spec.plugins` of the Cluster needs before WAL is archived. Empty for snapshots. */
  public readonly clusterPlugins: pulumi.Output<CnpgClusterPlugin[]>;
  /** The schedule as CloudNativePG has it, for example `0 0 2 * * *`. */
  public readonly emittedSchedule: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: CnpgBackupArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = cnpgBackupProblems(name, args);
    if (problems.length > 0) throw argumentsError("CnpgBackup", name, problems);
    const known: pulumi.Output<KnownCnpgBackup> = pulumi.output(args).apply((values) => {
      const given = values as KnownCnpgBackup;
      const late = cnpgBackupProblems(name, given);
      if (late.length > 0) throw argumentsError("CnpgBackup", name, late);
      return given;
    });
    const effectivePolicy = known.apply(describeCnpgBackup);
    super("pgkeep:index:CnpgBackup", name, { ...args, effectivePolicy }, opts);

    const emittedSchedule = known.apply((values) => cnpgTimes(values).emitted.schedule);
    const store = args.method === CnpgBackupMethod.VolumeSnapshot ? undefined : declareStore(name, args, this, known);
    const scheduled = new kubernetes.apiextensions.CustomResource(
      `${name}-schedule`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "ScheduledBackup",
        metadata: {
          name: args.scheduledBackupName ?? name,
          namespace: args.namespace,
          labels: known.apply(({ labels = {} }) => labels),
        },
        spec: {
          cluster: { name: args.clusterName },
          schedule: emittedSchedule,
          immediate: args.immediate ?? true,
          suspend: args.suspend ?? false,
          backupOwnerReference: args.backupOwner ?? CnpgBackupOwner.None,
          ...(args.target === undefined ? {} : { target: args.target }),
          // Said each time: where nothing is said, the built-in Barman is meant, which CloudNativePG 1.31 no longer has.
          ...(store === undefined
            ? { method: "volumeSnapshot", online: args.online ?? true }
            : { method: "plugin", pluginConfiguration: { name: BARMAN_PLUGIN } }),
        },
      },
      {
        parent: this,
        // Immutable by the definition's own rule, of which the provider knows nothing; and there cannot be two of one name.
        replaceOnChanges: ["spec.cluster"],
        deleteBeforeReplace: true,
        ...(store?.made === undefined ? {} : { dependsOn: store.made }),
      },
    );

    this.scheduledBackupName = scheduled.metadata.name;
    this.objectStoreName = pulumi.output(store?.name);
    this.clusterPlugins =
      store === undefined
        ? pulumi.output([])
        : pulumi.all([store.name, args.serverName]).apply(([objectStore, serverName]) => [clusterPlugin(objectStore, serverName)]);
    this.emittedSchedule = emittedSchedule;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      scheduledBackupName: this.scheduledBackupName,
      objectStoreName: this.objectStoreName,
      clusterPlugins: this.clusterPlugins,
      emittedSchedule,
      effectivePolicy,
    });
  }
}

interface PlacedStore {
  name: pulumi.Output<string>;
  /** The resource, where it is of the component's own. */
  made?: pulumi.Resource;
}

function declareStore(name: string, args: CnpgBackupArgs, parent: pulumi.Resource, known: pulumi.Output<KnownCnpgBackup>): PlacedStore {
  const { existingName, objectStoreName = name } = args.store ?? {};
  if (existingName !== undefined) return { name: pulumi.output(existingName) };
  const made = new kubernetes.apiextensions.CustomResource(
    `${name}-store`,
    {
      apiVersion: "barmancloud.cnpg.io/v1",
      kind: "ObjectStore",
      metadata: { name: objectStoreName, namespace: args.namespace, labels: known.apply(({ labels = {} }) => labels) },
      spec: known.apply(objectStoreSpec),
    },
    { parent, protect: args.protect ?? true },
  );
  return { name: made.metadata.name, made };
}
