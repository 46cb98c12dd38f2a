import { addSnapshotPrune } from "./addSnapshotPrune.js";
import type { AddCommand } from "./commandLine.js";

/** Snapshots of storage, which a database's own service takes: not recovery points, which hold what pgkeep read. */
export const addSnapshot: AddCommand = (program, surroundings, finish) => {
  const snapshot = program
    .command("snapshot")
    .description("Work with snapshots of a database's storage that were taken before deployments.");
  addSnapshotPrune(snapshot, surroundings, finish);
};
