import { counted, formatSize, LIFECYCLE_LOST_GUARDS } from "@pgkeep/core";
import { expiryText } from "../retention/expiryText.js";
import type { LifecycleSurvey } from "../retention/surveyLifecycle.js";
import { renderTable } from "../terminal/renderTable.js";

/** What S3 makes of each recovery point, for people. */
export function describeLifecycle(cluster: string, store: string, { expiry, points }: LifecycleSurvey): string {
  const lines = [`${cluster} in ${store}`, `S3 enforces retention, by the class of each object: ${expiryText(expiry)}`, ""];
  if (points.length === 0) lines.push("No recovery point yet.", "");
  else {
    const rows = points.map(({ id, bytes, retentionClass, expiresAt }) => [
      id,
      formatSize(bytes),
      retentionClass ?? "none",
      expiresAt === null ? "never: S3 knows no class of it" : expiresAt.toISOString(),
    ]);
    lines.push(renderTable(["recovery point", "stored", "class", "S3 expires it at, or up to two days later"], rows), "");
    const classless = points.filter(({ retentionClass }) => retentionClass === null).length;
    if (classless > 0) {
      lines.push(
        `${counted(classless, "recovery point")} without a class: written while the agent enforced retention, or not readable. S3 keeps them until somebody removes them.`,
        "",
      );
    }
  }
  lines.push("The guards of the agent do not hold here:", ...LIFECYCLE_LOST_GUARDS.map((guard) => `- ${guard}`));
  return lines.join("\n");
}
