import { type AgentConfig, formatDuration, Verdict } from "@pgkeep/core";
import type { AgedPoint, HeldAgainst, StatusFinding, StatusReport } from "./StatusReport.js";

/** How far clocks may disagree, as in a backup. */
const CLOCKS_AGREE_SECONDS = 300;

type Facts = Pick<StatusReport, "newest" | "lastProofAt" | "drills" | "at" | "unreadable" | "counts" | "lastPhysicalDrill"> & {
  /** The newest of all is suspicious and nobody accepted it. */
  newestIsSuspicious: boolean;
};

/** How the recovery points stand against the targets of the configuration. */
export function heldAgainst(
  { rpo, provenWithin }: AgentConfig["objectives"],
  { newest, lastProofAt, at }: Pick<Facts, "newest" | "lastProofAt" | "at">,
): StatusReport["objectives"] {
  const held = (target: number | undefined, ageSeconds: number | null): HeldAgainst | null =>
    target === undefined
      ? null
      : {
          targetSeconds: target / 1000,
          ageSeconds,
          // What lies in the future would meet every target for ever.
          met: ageSeconds !== null && ageSeconds <= target / 1000 && ageSeconds >= -CLOCKS_AGREE_SECONDS,
        };
  return {
    rpo: held(rpo, newest.good?.ageSeconds ?? null),
    provenWithin: held(provenWithin, lastProofAt === null ? null : (at.getTime() - lastProofAt.getTime()) / 1000),
  };
}

/** Everything that calls for a person, the worst first. */
export function findFindings(facts: Facts, { rpo, provenWithin }: StatusReport["objectives"]): StatusFinding[] {
  const { newest, drills, unreadable } = facts;
  const lastDrill = drills.at(-1);
  const findings: (StatusFinding | undefined)[] = [
    newest.committed === null
      ? { kind: "no-recovery-point", text: "there is no recovery point: nothing can be restored" }
      : rpo && !rpo.met
        ? { kind: "rpo-missed", text: missed("the newest good recovery point", "there is no good recovery point", rpo) }
        : undefined,
    newest.committed && provenWithin && !provenWithin.met
      ? { kind: "not-proven", text: missed("the last drill that passed", "no drill of a good recovery point passed yet", provenWithin) }
      : undefined,
    facts.newestIsSuspicious && newest.committed
      ? {
          kind: "suspicious",
          text: `the newest recovery point, ${newest.committed.id}, is suspicious: look at it (pgkeep show), then accept it or mend what it tells of`,
        }
      : undefined,
    lastDrill?.verdict === Verdict.Fail
      ? { kind: "drill-failed", text: `the last drill, of ${lastDrill.id}, found that it does not restore to what was backed up` }
      : undefined,
    lastDrill?.verdict === Verdict.CouldNotVerify
      ? { kind: "drill-could-not-verify", text: `the last drill, of ${lastDrill.id}, could not compare everything` }
      : undefined,
    physicalFinding(facts.lastPhysicalDrill),
    newest.committed && isAhead(newest.committed)
      ? { kind: "in-the-future", text: `the newest recovery point, ${newest.committed.id}, lies in the future: a clock is wrong, or was` }
      : undefined,
    ...unreadable.map(
      ({ id, reason }): StatusFinding => ({ kind: "unreadable-manifest", text: `the manifest of ${id} cannot be read: ${reason}` }),
    ),
  ];
  return findings.filter((finding) => finding !== undefined);
}

function physicalFinding(last: Facts["lastPhysicalDrill"]): StatusFinding | undefined {
  if (last?.verdict === Verdict.Fail) {
    return { kind: "physical-drill-failed", text: "the last physical drill found a copy of the cluster's files damaged" };
  }
  if (last?.verdict === Verdict.CouldNotVerify) {
    return { kind: "physical-drill-could-not-verify", text: "the last physical drill could not look at everything" };
  }
  return undefined;
}

function isAhead({ ageSeconds }: AgedPoint): boolean {
  return ageSeconds < -CLOCKS_AGREE_SECONDS;
}

function missed(what: string, nothing: string, { ageSeconds, targetSeconds }: HeldAgainst): string {
  const target = `at most ${formatDuration(targetSeconds * 1000)} is wanted`;
  if (ageSeconds === null) return `${nothing}; ${target}`;
  if (ageSeconds < 0) return `${what} lies in the future, so its age cannot be told; ${target}`;
  return `${what} is ${formatDuration(ageSeconds * 1000)} old; ${target}`;
}
