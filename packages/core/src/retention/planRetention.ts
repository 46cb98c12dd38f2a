import { durationText } from "../duration.js";
import type { RetentionCandidate, RetentionPlan } from "./RetentionPlan.js";
import type { RetentionPolicy } from "./retentionConfig.js";
import { retentionRules } from "./retentionRules.js";
import { ruleVerdicts } from "./ruleVerdicts.js";

/** What a plan depends on besides the recovery points and the policy. */
export interface RetentionCircumstances {
  now: Date;
  /** IANA name of the schedule's time zone. */
  timeZone: string;
  /** Within how many milliseconds a drill must have passed for anything to be removed. Undefined: no drill is asked for. */
  provenWithin?: number | undefined;
  /** What went wrong lately, each in words: any stops retention. */
  concerns?: readonly string[] | undefined;
}

/** As far as the clocks of agent and server may differ. */
const CLOCK_TOLERANCE = 5 * 60_000;

/**
 * Decides which recovery points a policy keeps, and says why of each. Rules look only at recovery points that count: good, readable, not of the
 * future, and not being removed. Whatever they say, the newest `minimum` that count stay, so do the newest proven one, pinned ones and those in
 * use. Suspicious ones stay until they are older than `keepSuspicious` before the newest good one; what cannot be read stays. Nothing goes while the
 * newest is suspicious or cannot be read, nothing counts, something went wrong lately, or no drill passed within `provenWithin`. The result does
 * not depend on the order of `points`.
 */
export function planRetention(
  points: readonly RetentionCandidate[],
  policy: RetentionPolicy,
  { now, timeZone, provenWithin, concerns = [] }: RetentionCircumstances,
): RetentionPlan {
  const rules = retentionRules(policy);
  const newestFirst = [...points].sort(newerFirst);
  const ofFuture = ({ slot }: RetentionCandidate) => slot.getTime() > now.getTime() + CLOCK_TOLERANCE;
  const counted = newestFirst.filter((point) => point.good && point.unreadable === null && !point.removing && !ofFuture(point));
  const rankOf = new Map(counted.map(({ id }, rank) => [id, rank]));
  const newest = counted[0];
  const newestProven = counted.find(({ provenAt }) => provenAt !== null);
  const { keeping, lettingGo } = ruleVerdicts(counted, rules, timeZone);
  const suspicionEnds = (newest?.slot.getTime() ?? Number.POSITIVE_INFINITY) - rules.keepSuspicious;

  const guards = (point: RetentionCandidate): string[] => {
    const rank = rankOf.get(point.id) ?? Number.POSITIVE_INFINITY;
    const expired = newest !== undefined && point.slot.getTime() <= suspicionEnds;
    return [
      rank === 0 ? "newest good one" : undefined,
      rank < rules.minimum ? `among the newest ${rules.minimum}, the minimum` : undefined,
      point === newestProven ? "newest proven one" : undefined,
      point.pinned && (point.pinned.until === null ? "pinned" : `pinned until ${point.pinned.until.toISOString()}`),
      point.inUse ? "in use" : undefined,
      point.unreadable === null ? undefined : `cannot be read: ${point.unreadable}`,
      ofFuture(point) ? "of the future: a clock was wrong" : undefined,
      !point.good && !point.removing && !expired ? "suspicious, and not accepted" : undefined,
    ].filter((reason) => reason !== undefined);
  };
  const goingReason = (point: RetentionCandidate): string => {
    if (point.removing) return "its removal had begun";
    if (!point.good) return `suspicious, never accepted, and older than ${durationText(rules.keepSuspicious)} before the newest good one`;
    return lettingGo.get(point.id)?.join("; ") ?? "no rule keeps it";
  };

  const oldestFirst = newestFirst.toReversed();
  const judged = oldestFirst.map((point) => ({ point, reasons: [...(keeping.get(point.id) ?? []), ...guards(point)] }));
  const going = judged.filter(({ reasons }) => reasons.length === 0).map(({ point }) => ({ id: point.id, reason: goingReason(point) }));
  const stops = [
    ...whyStop(
      newestFirst.filter((point) => !ofFuture(point)),
      counted,
      now,
      provenWithin,
    ),
    ...concerns,
  ];
  const stopped = points.length > 0 && stops.length > 0 ? stops.join("; ") : null;
  return {
    at: now,
    timeZone,
    rules,
    counted: counted.length,
    keep: judged
      .filter(({ reasons }) => reasons.length > 0 || stopped !== null)
      .map(({ point, reasons }) => ({ id: point.id, reasons: reasons.length > 0 ? reasons : ["retention stopped"] })),
    remove: stopped === null ? going : [],
    withheld: stopped === null ? [] : going,
    stopped,
  };
}

/** Why nothing may be removed now. `known` and `counted` are newest first. */
function whyStop(
  known: readonly RetentionCandidate[],
  counted: readonly RetentionCandidate[],
  now: Date,
  provenWithin: number | undefined,
): string[] {
  const newest = known.find(({ removing }) => !removing);
  const proofs = counted.flatMap(({ provenAt }) => (provenAt === null ? [] : [provenAt.getTime()]));
  const proofIsMissing = provenWithin !== undefined && !proofs.some((at) => now.getTime() - at <= provenWithin);
  return [
    newest?.good === false ? `the newest, ${newest.id}, is suspicious: look at it, then accept it or take a backup that is not` : undefined,
    newest && newest.unreadable !== null ? `the newest, ${newest.id}, cannot be read: ${newest.unreadable}` : undefined,
    counted.length === 0 ? "no recovery point is good, so everything that is left may be needed" : undefined,
    proofIsMissing ? `no drill of a good recovery point passed within ${durationText(provenWithin)} (objectives.provenWithin)` : undefined,
  ].filter((reason) => reason !== undefined);
}

function newerFirst(a: RetentionCandidate, b: RetentionCandidate): number {
  return b.slot.getTime() - a.slot.getTime() || (a.id < b.id ? 1 : -1);
}
