import { type AgentConfig, type RetentionPolicy, storeLayout } from "@pgkeep/core";
import { assertClocksAgree } from "../backup/clocks.js";
import { readAcceptance } from "../records/acceptance.js";
import { giveUpRemoval, REMOVAL_MILLISECONDS, type RemovalState, removeRecords } from "../records/tombstones.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";
import { audited } from "./auditRemoval.js";
import { assertEnforcedByAgent } from "./enforcedBy.js";
import { isNeeded, isStillDead } from "./isStillDead.js";
import type { RemovalTools } from "./RemovalTools.js";
import type { RetentionResult } from "./RetentionResult.js";
import type { RetentionSurvey, SurveyedLeftover } from "./RetentionSurvey.js";
import { removeBelow } from "./removeKeys.js";
import { removeOldUses } from "./removeOldUses.js";
import { type RecoveryPointRemoval, removeRecoveryPoint, removeRemains } from "./removeRecoveryPoint.js";
import { surveyRetention } from "./surveyRetention.js";

const DAY_MILLISECONDS = 24 * 3_600_000;

export interface RetentionOptions {
  config: AgentConfig;
  policy: RetentionPolicy;
  store: Store;
  /** Who removes, for records. */
  by: string;
  reporter: Reporter;
  /** Ends the run between two removals of objects; the next run goes on. */
  signal?: AbortSignal;
  /** What was agreed to: nothing else is removed, even where the policy lets more go by now. Default: all that the policy lets go. */
  agreed?: ReadonlySet<string>;
}

/**
 * Removes what a policy lets go: recovery points, what interrupted removals and runs that died have left, unfinished writes. Makes its own plan from what
 * is there now. Where retention stops nothing is removed and the plan says why. Throws a ProblemError where a step fails, for example where
 * the right to delete is missing or the clocks disagree; what was begun is ended by the next run.
 */
export async function applyRetention(options: RetentionOptions): Promise<RetentionResult> {
  const { config, policy, store, by, reporter, signal, agreed } = options;
  assertEnforcedByAgent(config, policy);
  const layout = storeLayout(config.cluster);
  const now = await store.clock(layout.points);
  assertClocksAgree([{ owner: store.description, shown: now, agent: new Date() }]);
  const tools: RemovalTools = { store, layout, now, by, reporter, signal };
  const survey = await surveyRetention({ config, policy, store, layout, now });
  const result = emptyResult(survey);
  await giveUpStale(tools, survey);
  if (survey.plan.stopped !== null) return result;

  await finishRemovals(tools, survey, result);
  await removePoints(tools, survey, result, agreed);
  // Where no recovery point is in sight they may be all there is.
  if (survey.plan.counted > 0) await removeLeftovers(tools, survey.leftovers, result);
  await removeOldUses(tools);
  result.unfinishedWrites = await store.removeUnfinished(`${config.cluster}/`, unfinishedBefore(survey, now));
  return result;
}

function emptyResult({ plan, hidden }: RetentionSurvey): RetentionResult {
  return { plan, removed: [], finished: [], heldByStore: [], givenUp: [], leftovers: [], hidden, unfinishedWrites: 0 };
}

/** Takes back removals of recovery points that stay, begun by somebody who died: until then nobody relies on them. */
async function giveUpStale({ store, layout, now }: RemovalTools, { plan, removals }: RetentionSurvey): Promise<void> {
  for (const { id } of plan.keep) {
    const state = removals.get(id);
    if (state?.kind === "began" && now.getTime() - state.at.getTime() > REMOVAL_MILLISECONDS) await giveUpRemoval(store, layout, id);
  }
}

async function finishRemovals(tools: RemovalTools, survey: RetentionSurvey, result: RetentionResult): Promise<void> {
  for (const { id, attempts } of survey.unfinished) {
    // A removal that was given up, or refused, gives no right to remove what may come anew under this id, as by a copy.
    if (survey.removals.get(id)?.kind !== "began") {
      await removeRecords(tools.store, tools.layout, id);
      continue;
    }
    // Somebody may have hidden it behind a delete marker meanwhile; what had begun is ended for good.
    await tools.store.remove(tools.layout.manifest(id));
    const finish = () => removeRemains(tools, id, attempts);
    // Only the records of a removal may be left, where they are locked: no word of those, day after day.
    if (!survey.bytes.has(id)) {
      await finish();
      continue;
    }
    const removal = await audited(tools, id, "its removal had begun", finish);
    note(removal, id, survey, result, result.finished);
  }
}

async function removePoints(
  tools: RemovalTools,
  survey: RetentionSurvey,
  result: RetentionResult,
  agreed: ReadonlySet<string> | undefined,
): Promise<void> {
  const going = survey.plan.remove.filter(({ id }) => agreed?.has(id) ?? true);
  for (const [index, { id, reason }] of going.entries()) {
    const refused = survey.removals.get(id);
    if (refused?.kind === "refused" && refused.until !== null && refused.until > tools.now) {
      result.heldByStore.push({ id, until: refused.until, reason: "the store refused its removal before", whole: true });
      continue;
    }
    const suspicious = survey.suspicious.has(id) || (await isAcceptedSince(tools, id, refused));
    const doomed = { id, attempts: survey.attempts.get(id) ?? [], suspicious };
    const removal = await audited(tools, id, reason, () => removeRecoveryPoint(tools, doomed));
    note(removal, id, survey, result, result.removed);
    tools.reporter.progress("recovery points removed", index + 1, going.length, "items");
  }
}

/** Whether somebody accepted a recovery point whose removal had begun, by one who died: he was told that it counts. */
async function isAcceptedSince({ store, layout }: RemovalTools, id: string, state: RemovalState | undefined): Promise<boolean> {
  if (state?.kind !== "began") return false;
  const acceptance = await readAcceptance(store, layout, id);
  return acceptance !== undefined && acceptance.at >= state.at;
}

async function removeLeftovers(tools: RemovalTools, leftovers: readonly SurveyedLeftover[], result: RetentionResult): Promise<void> {
  const dead = leftovers.filter(({ aliveUntil }) => aliveUntil <= tools.now);
  for (const leftover of dead) {
    if (!(await isStillDead(tools, leftover))) continue;
    const { id, attempt, bytes } = leftover;
    const removal = await audited(tools, id, `attempt ${attempt} did not commit`, async () => {
      const prefix = tools.layout.attempt(id, attempt);
      // First what a run looks for before it commits: one that slept and wakes now finds that it is dead.
      const sign = await tools.store.remove(`${prefix}begin.json`);
      // One that looked for it before has committed by now, or never will.
      if (await isNeeded(tools.store, tools.layout, leftover)) {
        const spared: RecoveryPointRemoval = { kind: "given-up", reason: "its run, which seemed dead, has committed meanwhile" };
        return spared;
      }
      const { objects, held } = await removeBelow(tools, prefix);
      const all = objects + (sign.kind === "removed" ? 1 : 0);
      const removal: RecoveryPointRemoval = held
        ? { kind: "held", held: { id, ...held, whole: false }, objects: all }
        : { kind: "removed", objects: all };
      return removal;
    });
    if (removal.kind === "held") result.heldByStore.push(removal.held);
    if (removal.kind === "removed") result.leftovers.push({ id, objects: removal.objects, bytes });
    if (removal.kind === "given-up") result.givenUp.push({ id, reason: removal.reason });
  }
}

function note(
  removal: RecoveryPointRemoval,
  id: string,
  { bytes }: RetentionSurvey,
  result: RetentionResult,
  gone: RetentionResult["removed"],
): void {
  if (removal.kind === "removed") gone.push({ id, objects: removal.objects, bytes: bytes.get(id) ?? 0 });
  else if (removal.kind === "held") result.heldByStore.push(removal.held);
  else result.givenUp.push({ id, reason: removal.reason });
}

/** A day ago, or when the oldest run began that may be alive: its uploads are not finished yet, and that is as it should be. */
function unfinishedBefore({ leftovers }: RetentionSurvey, now: Date): Date {
  const living = leftovers.filter(({ aliveUntil }) => aliveUntil > now).map(({ firstWrittenAt }) => firstWrittenAt.getTime());
  return new Date(Math.min(now.getTime() - DAY_MILLISECONDS, ...living));
}
