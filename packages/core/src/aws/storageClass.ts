/** A storage class of S3 that recovery points may move to. Every class but the archives is read at once. */
export enum BackupStorageClass {
  /** Read at once, cheaper to keep and dearer to read. Bills at least 30 days. */
  InfrequentAccess = "STANDARD_IA",
  /** The same in one Availability Zone only: what happens to that zone happens to the copy. Bills at least 30 days. */
  OneZoneInfrequentAccess = "ONEZONE_IA",
  /** S3 chooses by use. Read at once. */
  IntelligentTiering = "INTELLIGENT_TIERING",
  /** Read at once, for what is hardly ever read. Bills at least 90 days. */
  GlacierInstantRetrieval = "GLACIER_IR",
  /** An archive: a restore waits minutes to hours until S3 has brought it back. Bills at least 90 days. */
  GlacierFlexibleRetrieval = "GLACIER",
  /** The cheapest archive: a restore waits up to two days. Bills at least 180 days. */
  DeepArchive = "DEEP_ARCHIVE",
}

interface StorageClassFacts {
  /** As people call it. */
  name: string;
  /** What is removed or moved on sooner is billed as if it had stayed. */
  billedDays: number;
  /** Days that an object must be old, at least, before it may move there. */
  leastAgeDays: number;
  /** What a restore waits for; undefined where it reads at once. */
  waits: string | undefined;
  /** Where an object may move on to from there. */
  next: readonly BackupStorageClass[];
}

const ARCHIVES = [BackupStorageClass.GlacierFlexibleRetrieval, BackupStorageClass.DeepArchive];

/**
 * Transitions flow one way: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 * Billed days: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
 */
export const STORAGE_CLASSES: Readonly<Record<BackupStorageClass, StorageClassFacts>> = {
  [BackupStorageClass.InfrequentAccess]: {
    name: "Standard-IA",
    billedDays: 30,
    leastAgeDays: 30,
    waits: undefined,
    next: [
      BackupStorageClass.IntelligentTiering,
      BackupStorageClass.OneZoneInfrequentAccess,
      BackupStorageClass.GlacierInstantRetrieval,
      ...ARCHIVES,
    ],
  },
  [BackupStorageClass.IntelligentTiering]: {
    name: "Intelligent-Tiering",
    billedDays: 0,
    leastAgeDays: 0,
    waits: undefined,
    next: [BackupStorageClass.OneZoneInfrequentAccess, BackupStorageClass.GlacierInstantRetrieval, ...ARCHIVES],
  },
  [BackupStorageClass.OneZoneInfrequentAccess]: {
    name: "One Zone-IA",
    billedDays: 30,
    leastAgeDays: 30,
    waits: undefined,
    next: ARCHIVES,
  },
  [BackupStorageClass.GlacierInstantRetrieval]: {
    name: "Glacier Instant Retrieval",
    billedDays: 90,
    leastAgeDays: 0,
    waits: undefined,
    next: ARCHIVES,
  },
  [BackupStorageClass.GlacierFlexibleRetrieval]: {
    name: "Glacier Flexible Retrieval",
    billedDays: 90,
    leastAgeDays: 0,
    waits: "minutes to hours",
    next: [BackupStorageClass.DeepArchive],
  },
  [BackupStorageClass.DeepArchive]: {
    name: "Glacier Deep Archive",
    billedDays: 180,
    leastAgeDays: 0,
    waits: "up to two days",
    next: [],
  },
};
