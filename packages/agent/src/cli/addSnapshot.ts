import { addSnapshotList } from "./addSnapshotList.js";
import { addSnapshotPrune } from "./addSnapshotPrune.js";
import { addSnapshotResume } from "./addSnapshotResume.js";
import { addSnapshotTake } from "./addSnapshotTake.js";
import type { AddCommand } from "./commandLine.js";

/** Snapshots of storage, which a storage or a database's own service takes: not recovery points, which hold what pgkeep read. */
export const addSnapshot: AddCommand = (program, surroundings, finish) => {
  const snapshot = program
    .command("snapshot")
    .description("Work with snapshots of a database's storage: of volumes in Kubernetes, and of RDS before deployments.");
  for (const add of [addSnapshotTake, addSnapshotResume, addSnapshotList, addSnapshotPrune]) add(snapshot, surroundings, finish);
};
