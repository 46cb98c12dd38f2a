import type { ApplicationRecord, Check, ClassExpiry, DrillResult, RetentionPlan, SnapshotMethod, Verdict } from "@pgkeep/core";
import type { RunbookSection } from "../runbook/Runbook.js";

/** Version of the report's JSON that this release writes. Fields may be added within one version; none changes its meaning or goes. */
export const REPORT_VERSION = 1;

/** A recovery point as the history tells it. */
export interface ReportedPoint {
  id: string;
  slot: string;
  committedAt: string;
  state: "checked" | "suspicious" | "proven";
  good: boolean;
  /** As stored, of all that its attempts wrote. */
  bytes: number;
  lastDrill: { at: string; verdict: Verdict } | null;
}

/** What the manifest of the recovery point in question says. */
export interface ReportedManifest {
  id: string;
  takenAt: string;
  committedAt: string;
  serverVersion: string;
  /** How the common instant of all databases was reached. */
  snapshotMethod: SnapshotMethod;
  databases: { name: string; tables: number; rows: number; plainBytes: number; storedBytes: number }[];
  files: number | null;
  encrypted: boolean;
  /** Key id of the signature, null where the manifest is not signed. */
  signedBy: string | null;
  /** Whether the signature was verified with a configured key. */
  signatureVerified: boolean;
  /** Which version of the application wrote the data, and what it was taken before; null where nobody asked. */
  application: ApplicationRecord | null;
  waived: readonly string[];
  /** Objects that are not in the store as the manifest has them; looked for when the report was written. */
  missingObjects: string[];
}

/** One drill of the history. */
export interface ReportedDrill {
  id: string;
  endedAt: string;
  verdict: Verdict;
  /** The measured RTO of the data; null where nothing was restored. */
  restoreMilliseconds: number | null;
}

export interface ReportedObjective {
  name: "rpo" | "provenWithin";
  /** Milliseconds; null where none is configured. */
  target: number | null;
  /** Milliseconds since the newest good recovery point, or since a drill of a good one passed last; null where there is none. */
  actual: number | null;
  /** Null where no target is configured. */
  met: boolean | null;
}

export interface ReportedAccess {
  /** age public keys of the configuration, in its order. */
  recipients: string[];
  signingKeys: { publicKey: string; keyId: string }[];
}

/** A report of one drill or of one month, from what the store records. Times are ISO 8601 in UTC. */
export interface Report {
  formatVersion: typeof REPORT_VERSION;
  kind: "drill" | "month";
  cluster: string;
  store: string;
  writtenAt: string;
  agentVersion: string;
  verdict: Verdict;
  /** What the verdict is made of. */
  checks: Check[];
  /** The drill that is reported; in a month's report the newest one of the recovery point in `manifest`, null where it has none. */
  drill: DrillResult | null;
  month: { name: string; from: string; to: string; complete: boolean } | null;
  /** Of the drilled recovery point; in a month's report of the newest proven, else the newest. Null where there is none any more. */
  manifest: ReportedManifest | null;
  newest: ReportedPoint | null;
  newestProven: ReportedPoint | null;
  /** Of the month, or all up to the drill; the newest where there are too many. */
  recoveryPoints: ReportedPoint[];
  /** Oldest first. */
  drills: ReportedDrill[];
  /** Null where no policy is configured, or S3's lifecycle enforces it. */
  retention: RetentionPlan | null;
  /** When S3 expires the recovery points of each class, where its lifecycle enforces retention; else null. */
  expiry: ClassExpiry[] | null;
  objectives: ReportedObjective[];
  access: ReportedAccess;
  /** The way back without pgkeep; null without a manifest. */
  restore: RunbookSection | null;
  /** What this report leaves out, and why. */
  notes: string[];
}
