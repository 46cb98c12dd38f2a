import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { describeExistingClass, describeSnapshotClass } from "./describeSnapshotClass.js";
import { GroupSnapshotApiVersion, type SnapshotClassArgs, SnapshotDeletionPolicy } from "./SnapshotClassArgs.js";
import { snapshotClassProblems } from "./snapshotClassProblems.js";

const VELERO_LABEL = "velero.io/csi-volumesnapshot-class";

/**
 * A VolumeSnapshotClass whose snapshots outlive their namespace, and where the cluster serves it, a VolumeGroupSnapshotClass beside it for several
 * volumes at one instant. Needs the custom resources of external-snapshotter and a CSI driver that takes snapshots.
 */
export class SnapshotClass extends pulumi.ComponentResource {
  /** Name of the VolumeSnapshotClass, for `volumeSnapshotClassName`. */
  public readonly className: pulumi.Output<string>;
  /** Name of the VolumeGroupSnapshotClass. Nothing without `groups`. */
  public readonly groupClassName: pulumi.Output<string | undefined>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: SnapshotClassArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = snapshotClassProblems(name, args);
    if (problems.length > 0) throw argumentsError("SnapshotClass", name, problems);
    const known = knownValues(name, args);
    const effectivePolicy = known.apply(({ existing, ...described }) =>
      existing === undefined ? describeSnapshotClass(described, args) : describeExistingClass(existing.className, existing.groupClassName),
    );
    // Among the inputs, because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:SnapshotClass", name, { ...args, effectivePolicy }, opts);

    if (args.existing === undefined) {
      this.className = declareClass(name, args, this, known).metadata.name;
      this.groupClassName = pulumi.output(args.groups && declareGroupClass(name, args, this, known).metadata.name);
    } else {
      this.className = known.apply(({ existing }) => existing?.className ?? "");
      this.groupClassName = known.apply(({ existing }) => existing?.groupClassName);
    }
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({ className: this.className, groupClassName: this.groupClassName, effectivePolicy });
  }
}

type Known = ReturnType<typeof knownValues>;

/** The values as they are when they are known, judged again where they were not known before. */
function knownValues(name: string, args: SnapshotClassArgs) {
  const { driver, deletionPolicy, isDefault, parameters, usedByVelero, groups, existing, labels } = args;
  const late = { driver, deletionPolicy, isDefault, parameters, usedByVelero, groups, existing, labels };
  return pulumi.output(late).apply((values) => {
    const given = Object.fromEntries(Object.entries({ ...args, ...values }).filter(([, value]) => value !== undefined));
    const problems = snapshotClassProblems(name, given);
    if (problems.length > 0) throw argumentsError("SnapshotClass", name, problems);
    return {
      driver: values.driver ?? "",
      deletionPolicy: values.deletionPolicy ?? SnapshotDeletionPolicy.Retain,
      isDefault: values.isDefault ?? false,
      isGroupDefault: values.groups?.isDefault ?? false,
      usedByVelero: values.usedByVelero ?? false,
      labels: values.labels,
      existing: values.existing,
    };
  });
}

/** What replaces a class when it changes, each by itself: one that is unknown for now must not make the others look changed. */
function replacingValues(name: string, { driver, deletionPolicy = SnapshotDeletionPolicy.Retain }: SnapshotClassArgs) {
  const judged = <Value>(where: "driver" | "deletionPolicy", value: pulumi.Input<Value>) =>
    pulumi.output(value).apply((known) => {
      const problems = snapshotClassProblems("judged", { driver: "judged", [where]: known });
      if (problems.length > 0) throw argumentsError("SnapshotClass", name, problems);
      return known;
    });
  return { driver: judged("driver", driver), deletionPolicy: judged("deletionPolicy", deletionPolicy) };
}

function declareClass(name: string, args: SnapshotClassArgs, parent: pulumi.Resource, known: Known) {
  const { className, protect = true, parameters = {} } = args;
  return new kubernetes.apiextensions.CustomResource(
    `${name}-class`,
    {
      apiVersion: "snapshot.storage.k8s.io/v1",
      kind: "VolumeSnapshotClass",
      metadata: {
        ...(className === undefined ? {} : { name: className }),
        annotations: known.apply(
          ({ isDefault }): Record<string, string> => (isDefault ? { "snapshot.storage.kubernetes.io/is-default-class": "true" } : {}),
        ),
        labels: known.apply(({ labels, usedByVelero }) => ({ ...labels, ...(usedByVelero ? { [VELERO_LABEL]: "true" } : {}) })),
      },
      ...replacingValues(name, args),
      parameters,
    },
    // The API would let the driver be changed, but it is what a class is of.
    { parent, protect, replaceOnChanges: ["driver"], deleteBeforeReplace: className !== undefined },
  );
}

function declareGroupClass(name: string, args: SnapshotClassArgs, parent: pulumi.Resource, known: Known) {
  const { groups, protect = true } = args;
  const { apiVersion = GroupSnapshotApiVersion.V1, className, parameters = {} } = groups ?? {};
  return new kubernetes.apiextensions.CustomResource(
    `${name}-group-class`,
    {
      apiVersion: `groupsnapshot.storage.k8s.io/${apiVersion}`,
      kind: "VolumeGroupSnapshotClass",
      metadata: {
        ...(className === undefined ? {} : { name: className }),
        annotations: known.apply(
          ({ isGroupDefault }): Record<string, string> =>
            isGroupDefault ? { "groupsnapshot.storage.kubernetes.io/is-default-class": "true" } : {},
        ),
        labels: known.apply(({ labels = {} }) => labels),
      },
      ...replacingValues(name, args),
      parameters,
    },
    {
      parent,
      protect,
      // All of it is immutable by the definition's own rules, of which the provider knows nothing: an update would fail in the middle of an `up`.
      replaceOnChanges: ["driver", "deletionPolicy", "parameters"],
      deleteBeforeReplace: className !== undefined,
      // The same class by another version of the API, which the provider would take for another object.
      aliases: Object.values(GroupSnapshotApiVersion)
        .filter((version) => version !== apiVersion)
        .map((version) => ({ type: `kubernetes:groupsnapshot.storage.k8s.io/${version}:VolumeGroupSnapshotClass` })),
    },
  );
}
