import type { AgentConfig, Manifest } from "@pgkeep/core";
import type { SizedRecoveryPoint } from "../manifest/history.js";
import { rowsOf } from "../manifest/manifestAmounts.js";
import { keyId } from "../manifest/seal.js";
import type { ReportedAccess, ReportedManifest, ReportedObjective, ReportedPoint } from "./Report.js";

export function reportedPoint({ id, slot, committedAt, state, good, bytes, drills }: SizedRecoveryPoint): ReportedPoint {
  const last = drills.at(-1);
  return {
    id,
    slot: slot.toISOString(),
    committedAt: committedAt.toISOString(),
    state,
    good,
    bytes,
    lastDrill: last ? { at: last.at.toISOString(), verdict: last.verdict } : null,
  };
}

/** `publicKeys` are those that the manifest was read with: where there is any, its signature was verified. */
export function reportedManifest(manifest: Manifest, publicKeys: readonly string[], missingObjects: string[]): ReportedManifest {
  return {
    id: manifest.id,
    takenAt: manifest.snapshot.takenAt,
    committedAt: manifest.committedAt,
    serverVersion: manifest.server.version,
    snapshotMethod: manifest.snapshot.method,
    databases: manifest.databases.map(({ name, tables, object }) => ({
      name,
      tables: tables.length,
      rows: rowsOf(tables),
      plainBytes: object.plainBytes,
      storedBytes: object.bytes,
    })),
    files: manifest.files?.entries.length ?? null,
    encrypted: manifest.databases.every(({ object }) => object.codec.includes("age")),
    signedBy: manifest.signature?.keyId ?? null,
    signatureVerified: publicKeys.length > 0,
    application: manifest.application,
    waived: manifest.waived,
    missingObjects,
  };
}

export function reportedAccess({ encryption, signing }: Pick<AgentConfig, "encryption" | "signing">): ReportedAccess {
  return {
    recipients: [...(encryption?.recipients ?? [])],
    signingKeys: (signing?.publicKeys ?? []).map((publicKey) => ({ publicKey, keyId: keyId(Buffer.from(publicKey, "base64")) })),
  };
}

/** How things stood at a moment against what the configuration asks for; `lastProof` is when a drill of a good recovery point passed last. */
export function reportedObjectives(
  { objectives }: Pick<AgentConfig, "objectives">,
  at: Date,
  newest: ReportedPoint | null,
  lastProof: Date | null,
): ReportedObjective[] {
  const age = (since: Date | null) => (since === null ? null : at.getTime() - since.getTime());
  const held = (name: ReportedObjective["name"], target: number | undefined, actual: number | null): ReportedObjective => ({
    name,
    target: target ?? null,
    actual,
    met: target === undefined ? null : actual !== null && actual <= target,
  });
  return [held("rpo", objectives.rpo, age(newest && new Date(newest.slot))), held("provenWithin", objectives.provenWithin, age(lastProof))];
}
