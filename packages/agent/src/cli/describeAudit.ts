import type { AuditEntry } from "../records/audit.js";
import { renderTable } from "../terminal/renderTable.js";

const DETAILS_CHARACTERS = 100;

/** The audit trail as a table, oldest first. */
export function describeAudit(cluster: string, store: string, since: Date, entries: readonly AuditEntry[]): string {
  const heading = `${cluster} in ${store}, since ${since.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  if (entries.length === 0) return `${heading}\n\nNo record.`;
  const rows = entries.map(({ at, action, result, id, who, details }) => [
    at.toISOString().slice(0, 19).replace("T", " "),
    action,
    result,
    id ?? "",
    who,
    shortened(details.join("; ")),
  ]);
  return [heading, "", renderTable(["time (UTC)", "action", "result", "recovery point", "who", "details"], rows)].join("\n");
}

function shortened(text: string): string {
  return text.length <= DETAILS_CHARACTERS ? text : `${text.slice(0, DETAILS_CHARACTERS - 1)}…`;
}
