import { type DBSnapshot, DeleteDBSnapshotCommand, paginateDescribeDBSnapshots, type RDSClient } from "@aws-sdk/client-rds";
import type { StorageSnapshot } from "@pgkeep/core";
import { rdsProblem } from "./rdsProblem.js";

/** What became of one removal. */
export type Removal = { kind: "removed" } | { kind: "gone" } | { kind: "stays"; reason: string };

/** The manual snapshots of a Region and an account, as RDS tells of them. */
export class RdsSnapshots {
  constructor(
    private readonly client: RDSClient,
    readonly region: string,
  ) {}

  async list(signal: AbortSignal): Promise<StorageSnapshot[]> {
    const found: StorageSnapshot[] = [];
    try {
      // Shared and public ones of other accounts are left out unless asked for.
      for await (const { DBSnapshots } of paginateDescribeDBSnapshots({ client: this.client, pageSize: 100 }, { SnapshotType: "manual" })) {
        signal.throwIfAborted();
        found.push(...(DBSnapshots ?? []).map(storageSnapshot));
      }
    } catch (error) {
      throw rdsProblem(error, `RDS in ${this.region}`, "rds:DescribeDBSnapshots");
    }
    return found;
  }

  /** Removes one for good. What RDS does not let go stays, and is told; it is no reason not to remove the others. */
  async remove(id: string, signal: AbortSignal): Promise<Removal> {
    try {
      await this.client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id }), { abortSignal: signal });
      return { kind: "removed" };
    } catch (error) {
      const { name, message } = error as Error;
      if (/^DBSnapshotNotFound/.test(name)) return { kind: "gone" };
      if (/^InvalidDBSnapshotState/.test(name)) return { kind: "stays", reason: message };
      throw rdsProblem(error, `snapshot ${id}`, "rds:DeleteDBSnapshot");
    }
  }
}

function storageSnapshot(snapshot: DBSnapshot): StorageSnapshot {
  return {
    id: snapshot.DBSnapshotIdentifier ?? "",
    // Instances come and go under one name, and so do those that a restore makes: what is left of the former counts as theirs.
    source: snapshot.DBInstanceIdentifier ?? "",
    takenAt: snapshot.SnapshotCreateTime ?? null,
    status: snapshot.Status ?? "unknown",
    manual: snapshot.SnapshotType === "manual",
    tags: Object.fromEntries((snapshot.TagList ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
  };
}
