import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { describeSnapshotRestore, type KnownRestoredClaim, type KnownSnapshotRestore } from "./describeSnapshotRestore.js";
import { type RestoredClaimArgs, RestoredVolumeMode, type SnapshotRestoreArgs } from "./SnapshotRestoreArgs.js";
import { snapshotRestoreProblems } from "./snapshotRestoreProblems.js";

const SKIP_AWAIT = "pulumi.com/skipAwait";

/**
 * New PersistentVolumeClaims with what VolumeSnapshots hold: one for each member of a set. Never in place: the claims that were cut are not touched, and a
 * workload is given the new ones by whoever has looked at them. Needs a CSI driver that restores snapshots.
 */
export class SnapshotRestore extends pulumi.ComponentResource {
  /** Names of the claims, in the order of the arguments, for the Pods that are to have them. */
  public readonly claimNames: pulumi.Output<string[]>;
  /** Their namespace. */
  public readonly namespace: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: SnapshotRestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const judge = (values: SnapshotRestoreArgs) => {
      const problems = snapshotRestoreProblems(values);
      if (problems.length > 0) throw argumentsError("SnapshotRestore", name, problems);
    };
    judge(args);
    const effectivePolicy = pulumi.output(args).apply((values) => {
      const known = withoutUndefined(values) as KnownSnapshotRestore;
      judge(known);
      return describeSnapshotRestore(known);
    });
    super("pgkeep:index:SnapshotRestore", name, { ...args, effectivePolicy }, opts);

    const { namespace, protect = true, retainOnDelete = false, awaitBound = false } = args;
    const annotations = pulumi
      .output(args.annotations ?? {})
      .apply((given): Record<string, string> => (awaitBound ? { ...given } : { ...given, [SKIP_AWAIT]: "true" }));
    const claims = args.claims.map((claim) => {
      const { claimName } = claim;
      return new kubernetes.core.v1.PersistentVolumeClaim(
        `${name}-${claimName}`,
        { metadata: { name: claimName, namespace, annotations, labels: args.labels ?? {} }, spec: claimSpec(claim, namespace, judge) },
        {
          parent: this,
          protect,
          retainOnDelete,
          // It counts when the claim is made. Out of sight of later changes, a snapshot that was pruned can leave the program.
          ignoreChanges: ["spec.dataSource"],
          // The API lets nobody change it, of which the provider knows nothing: an update would fail in the middle of an `up`.
          replaceOnChanges: ["spec.volumeMode"],
          customTimeouts: { create: "24h" },
        },
      );
    });

    this.claimNames = pulumi.all(claims.map(({ metadata }) => metadata.name));
    this.namespace = pulumi.output(namespace);
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({ claimNames: this.claimNames, namespace: this.namespace, effectivePolicy });
  }
}

/** Each value by itself: one that is unknown for now must not make the others look changed. The size waits for what it is judged beside. */
function claimSpec(
  claim: RestoredClaimArgs,
  namespace: pulumi.Input<string>,
  judge: (args: SnapshotRestoreArgs) => void,
): kubernetes.types.input.core.v1.PersistentVolumeClaimSpec {
  const { snapshot, storageClassName, accessModes = ["ReadWriteOnce"], volumeMode = RestoredVolumeMode.Filesystem } = claim;
  const size = pulumi.all([pulumi.output(claim), namespace]).apply(([known, space]) => {
    judge({ namespace: space, claims: [withoutUndefined(known) as KnownRestoredClaim] });
    return known.size;
  });
  return {
    accessModes,
    volumeMode,
    ...(storageClassName === undefined ? {} : { storageClassName }),
    resources: { requests: { storage: size } },
    dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: snapshot.name },
  };
}

function withoutUndefined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
