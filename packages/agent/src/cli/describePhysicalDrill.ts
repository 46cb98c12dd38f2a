import { counted, formatSize, type PhysicalDrillResult } from "@pgkeep/core";
import { type Paint, paintVerdict } from "../terminal/paint.js";
import { printable } from "../terminal/printable.js";
import { describeChecks } from "./describeChecks.js";
import { describeFields } from "./describeFields.js";

/** More than this of what was never proven is counted; --json holds it all. */
const MOST_NEVER_PROVEN = 30;

/** What a physical drill found. */
export function describePhysicalDrill(result: PhysicalDrillResult, paint: Paint): string {
  const { copy, verdict, checks, tables, against, neverProven } = result;
  const rows = tables.reduce((sum, { digest }) => sum + digest.rows, 0);
  const bytes = tables.reduce((sum, { digest }) => sum + digest.bytes, 0);
  const recovery = copy.inRecovery ? ", in recovery" : "";
  const fields: [string, string][] = [
    ["copy", copy.restoredArn ?? copy.address],
    ["server", copy.serverVersion === null ? "did not answer" : `PostgreSQL ${copy.serverVersion} at ${copy.address}${recovery}`],
    ...(copy.dataChecksums === null ? [] : [["data checksums", copy.dataChecksums ? "on" : "off"] satisfies [string, string]]),
    ["read", `${counted(tables.length, "table")}, ${rows.toLocaleString("en")} rows, ${formatSize(bytes)}`],
    ["compared with", against ?? "nothing"],
    ...(copy.restoreJob === null ? [] : [["restore job", copy.restoreJob] satisfies [string, string]]),
  ];
  const hidden = neverProven.length - MOST_NEVER_PROVEN;
  return [
    `Physical drill of ${result.cluster}: ${paintVerdict(paint, verdict)}`,
    "",
    describeFields(fields),
    "",
    ...describeChecks(checks, paint),
    ...(neverProven.length === 0
      ? []
      : [
          "",
          "Never proven, since this drill had no means to look at it:",
          ...neverProven.slice(0, MOST_NEVER_PROVEN).map((line) => `  ${printable(line)}`),
          ...(hidden > 0 ? [`  … and ${hidden} more; --json holds them all`] : []),
        ]),
  ].join("\n");
}
