import { formatSize, type PhysicalDrillResult, Verdict } from "@pgkeep/core";
import { type Html, html } from "../html.js";
import { STYLE } from "./style.js";
import { facts, list, shortened, table } from "./tables.js";
import { badge, code, count, name, time } from "./texts.js";

const MOST_DETAILS = 40;
const MOST_TABLES = 200;

/** Nothing from elsewhere is loaded, and no script runs, even if some text slipped through. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** What the page is made of: the result, and which store it is in. */
export type PhysicalReport = PhysicalDrillResult & { store: string };

const MEANING: Record<Verdict, string> = {
  [Verdict.Pass]:
    "A server runs on this copy, every row in it was read, and its catalogues, files, indexes and rows agree with each other.",
  [Verdict.Fail]: "Something in this copy is damaged or missing. Each finding is named below.",
  [Verdict.CouldNotVerify]: "Something could not be looked at. That says nothing against the copy, and nothing for it.",
};

/** A physical drill as one self-contained page of HTML. */
export function physicalPage(result: PhysicalReport): string {
  const { cluster, copy, verdict, agentVersion, neverProven, against } = result;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="pgkeep ${agentVersion}">
<title>${verdict}: Physical drill, ${cluster}</title>
<style>STYLE</style>
</head>
<body>
<main>
<header>
<p class="kind">Physical drill</p>
<h1>${name(cluster)}</h1>
<p class="sub">${name(copy.restoredArn ?? copy.address)}, drilled ${time(result.endedAt)}</p>
<div class="verdict ${{ [Verdict.Pass]: "pass", [Verdict.Fail]: "fail", [Verdict.CouldNotVerify]: "open" }[verdict]}">${badge(verdict)}<p>${MEANING[verdict]}</p></div>
</header>
${facts([
  [
    "Server",
    copy.serverVersion === null
      ? "did not answer"
      : `PostgreSQL ${copy.serverVersion} at ${copy.address}${copy.inRecovery ? ", in recovery" : ""}`,
  ],
  ["Data checksums", copy.dataChecksums === null ? "not known" : copy.dataChecksums ? "on" : "off"],
  ["Compared with", against === null ? "nothing" : code(against)],
  ["Restore job", copy.restoreJob === null ? "none" : code(copy.restoreJob)],
  ["Began, ended", html`${time(result.startedAt)}, ${time(result.endedAt)}`],
])}
<section>
<h2>What was checked</h2>
${checksTable(result)}
</section>
${tablesSection(result)}
${neverProven.length === 0 ? null : html`<section><h2>Never proven</h2><p>This drill had no means to look at it:</p>${list(neverProven.map((line) => name(line)))}</section>`}
<footer>
<p>Written by pgkeep ${agentVersion}. The result is in ${name(result.store)}; whoever may write to that store could have written one.</p>
</footer>
</main>
</body>
</html>
`;
  return String(page).replace("STYLE", () => STYLE);
}

function checksTable({ checks }: PhysicalReport): Html {
  const worstFirst = [Verdict.Fail, Verdict.CouldNotVerify, Verdict.Pass];
  const sorted = checks.toSorted((a, b) => worstFirst.indexOf(a.verdict) - worstFirst.indexOf(b.verdict));
  const rows = sorted.map((check) => {
    const { shown, more } = shortened(check.details, MOST_DETAILS);
    const details = shown.length === 1 ? name(shown[0] ?? "") : list(shown.map((line) => name(line)));
    return [badge(check.verdict), name(check.name), shown.length === 0 ? "" : html`<div>${details}${more}</div>`];
  });
  return table("What was checked", [{ title: "verdict" }, { title: "check" }, { title: "found" }], rows);
}

function tablesSection({ tables }: PhysicalReport): Html {
  const { shown, more } = shortened(tables, MOST_TABLES);
  const rows = shown.map(({ database, schema, name: called, digest }) => [
    name(database),
    name(`${schema}.${called}`),
    digest.rows.toLocaleString("en"),
    formatSize(digest.bytes),
  ]);
  const columns = [{ title: "database" }, { title: "table" }, { title: "rows", amount: true }, { title: "size", amount: true }] as const;
  return html`<section>
<h2>Tables read</h2>
${tables.length === 0 ? html`<p>None.</p>` : html`<p>${count(tables.length, "table")}, dumped to nowhere. The JSON result holds a digest of each.</p>${table("Tables read", columns, rows)}${more}`}
</section>`;
}
