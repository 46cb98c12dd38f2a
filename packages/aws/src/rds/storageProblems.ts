import { defaultRdsMaximum, isDeferred, type Problem, type RdsStorage, type RdsStorageProblem, rdsStorageProblems } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import { type RdsStorageArgs, RdsStorageType } from "./RdsPostgresArgs.js";

const ARGUMENTS: Record<RdsStorageProblem["property"], keyof RdsStorageArgs> = {
  allocated: "allocatedGib",
  maximum: "maxGib",
  iops: "iops",
  throughput: "throughput",
};

/** The storage with what is not said filled in. */
export function rdsStorage(storage: pulumi.Unwrap<RdsStorageArgs> | undefined): RdsStorage {
  const { kind = RdsStorageType.Gp3, iops, throughput } = storage ?? {};
  const allocated = storage?.allocatedGib ?? (kind === RdsStorageType.Io2 ? 100 : 20);
  return {
    kind,
    allocated,
    maximum: storage?.maxGib ?? defaultRdsMaximum(allocated),
    ...(iops === undefined ? {} : { iops }),
    ...(throughput === undefined ? {} : { throughput }),
  };
}

/** What is wrong with the storage, judged as a whole once all of it is known. */
export function storageProblems(storage: RdsStorageArgs | undefined): Problem[] {
  if (storage === undefined || Object.values(storage).some(isDeferred)) return [];
  const known = rdsStorage(storage as pulumi.Unwrap<RdsStorageArgs>);
  return rdsStorageProblems(known).map(({ property, reason, allowed }) => {
    const value = known[property];
    return { where: `storage.${ARGUMENTS[property]}`, ...(value === undefined ? {} : { received: String(value) }), reason, allowed };
  });
}
