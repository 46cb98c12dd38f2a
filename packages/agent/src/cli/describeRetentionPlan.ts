import { COUNT_RULES, counted, durationText, formatSize, type RetentionRules } from "@pgkeep/core";
import type { RemovalState } from "../records/tombstones.js";
import type { RetentionSurvey } from "../retention/RetentionSurvey.js";
import type { Paint } from "../terminal/paint.js";
import { renderTable } from "../terminal/renderTable.js";

/** What a policy means for a store, for people: every recovery point with its fate and the reasons. */
export function describeRetentionPlan(cluster: string, store: string, survey: RetentionSurvey, paint: Paint): string {
  const { plan, bytes, leftovers, unfinished, removals } = survey;
  const lines = [`${cluster} in ${store}`, `${rulesText(plan.rules)}; days and weeks of ${plan.timeZone}`, ""];
  const size = (id: string) => bytes.get(id) ?? 0;
  const gone = new Set([...plan.remove, ...plan.withheld].map(({ id }) => id));
  const rows = [
    ...plan.keep.filter(({ id }) => !gone.has(id)).map(({ id, reasons }) => [id, formatSize(size(id)), "keep", reasons.join("; ")]),
    ...plan.remove.map(({ id, reason }) => [id, formatSize(size(id)), "remove", `${reason}${lockText(removals.get(id), plan.at)}`]),
    ...plan.withheld.map(({ id, reason }) => [id, formatSize(size(id)), "withheld", reason]),
  ].sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));
  if (rows.length === 0) lines.push("No recovery point yet, so nothing can go.");
  else {
    const colour = (cell: string, column: number) =>
      column === 2 && cell !== "keep" ? paint(cell === "remove" ? "red" : "yellow", cell) : cell;
    lines.push(renderTable(["recovery point", "stored", "", "why"], rows, colour), "");
    const total = (ids: readonly { id: string }[]) => formatSize(ids.reduce((sum, { id }) => sum + size(id), 0));
    const amount = (list: readonly { id: string }[]) => `${counted(list.length, "recovery point")} (${total(list)})`;
    lines.push(`${amount(plan.keep)} to keep, ${amount(plan.remove)} to remove.`);
  }
  const dead = leftovers.filter(({ aliveUntil }) => aliveUntil <= plan.at);
  if (dead.length > 0) {
    const size = formatSize(dead.reduce((sum, leftover) => sum + leftover.bytes, 0));
    lines.push(`${counted(dead.length, "run")} that did not commit left ${size}, which goes too.`);
  }
  if (unfinished.length > 0) lines.push(`Removals that were interrupted are ended: ${unfinished.map(({ id }) => id).join(", ")}.`);
  lines.push(...describeHiddenPoints(survey.hidden));
  if (plan.stopped !== null) lines.push("", paint("yellow", `Retention stopped, so nothing goes: ${plan.stopped}.`));
  return lines.join("\n");
}

/** What an earlier removal learnt: the store holds on to it for a while. */
function lockText(removal: RemovalState | undefined, now: Date): string {
  const until = removal?.kind === "refused" ? removal.until : null;
  return until !== null && until > now ? `; the store keeps it until ${until.toISOString()}` : "";
}

/** What is said of recovery points behind delete markers. */
export function describeHiddenPoints(hidden: readonly string[] | null): string[] {
  if (hidden === null) return ["These credentials may not ask what is hidden behind delete markers, so what runs left is not touched."];
  if (hidden.length === 0) return [];
  return [`Hidden behind delete markers, and left alone (\`pgkeep list --deleted\`): ${hidden.join(", ")}.`];
}

function rulesText(rules: RetentionRules): string {
  return [
    ...COUNT_RULES.filter((rule) => rules[rule] > 0).map((rule) => `${rule} ${rules[rule]}`),
    ...(rules.keepWithin > 0 ? [`keepWithin ${durationText(rules.keepWithin)}`] : []),
    `minimum ${rules.minimum}`,
    `keepSuspicious ${durationText(rules.keepSuspicious)}`,
  ].join(", ");
}
