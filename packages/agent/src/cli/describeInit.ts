import type { InitialiseResult } from "../init/initialise.js";
import { renderTable } from "../terminal/renderTable.js";

/** What was written, and what must be done now. */
export function describeInit({ files, next }: InitialiseResult): string {
  return [
    renderTable(
      ["written", "", "what it is"],
      files.map(({ path, secret, purpose }) => [path, secret ? "secret" : "", purpose]),
    ),
    "",
    ...next.map((sentence, index) => `${index + 1}. ${sentence}`),
  ].join("\n");
}
