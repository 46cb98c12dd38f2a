import { ExitCode, ProblemError, type SnapshotSet, type VolumeSnapshotConfig } from "@pgkeep/core";

/** A set that will not become good, or not in time. */
export class SetNotGood extends Error {
  constructor(
    /** `wrong`: another try would most likely end the same; `late`: the storage may be faster next time. */
    readonly kind: "wrong" | "late",
    readonly set: SnapshotSet,
    readonly reason: string,
  ) {
    super(reason);
  }

  problem({ namespace }: VolumeSnapshotConfig): ProblemError {
    return new ProblemError(this.kind === "wrong" ? ExitCode.DataWrong : ExitCode.TryAgain, {
      where: `set ${this.set.id} in ${namespace}`,
      reason: this.reason,
      next: "it is marked as failed and counts for nothing; see `kubectl describe volumesnapshot` and the log of the CSI driver's snapshotter",
    });
  }
}
