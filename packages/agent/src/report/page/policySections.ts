import { COUNT_RULES, durationText, formatDuration, formatSize, LIFECYCLE_LOST_GUARDS, type SnapshotMethod } from "@pgkeep/core";
import { describeApplication } from "../../application/describeApplication.js";
import { expiryText } from "../../retention/expiryText.js";
import { printable } from "../../terminal/printable.js";
import { type Content, type Html, html } from "../html.js";
import type { Report, ReportedObjective } from "../Report.js";
import { facts, list, shortened, table } from "./tables.js";
import { code, count, time, whole, withCode } from "./texts.js";

const MOST_LISTED = 60;

/** What the policy keeps today, and what its next run would remove. */
export function retentionSection({ retention: plan, expiry }: Pick<Report, "retention" | "expiry">): Html {
  if (expiry !== null) {
    return html`<section>
<h2>Retention</h2>
<p>S3 enforces it, by the class of each object and days from its creation: ${expiryText(expiry)}. The guards of pgkeep do not hold:</p>
${list(LIFECYCLE_LOST_GUARDS.map((guard) => html`${guard}`))}
</section>`;
  }
  if (plan === null) return html`<section><h2>Retention</h2><p>No policy is configured: every recovery point is kept.</p></section>`;
  const { rules, keep, remove, stopped, timeZone, counted } = plan;
  const said = [
    ...COUNT_RULES.filter((rule) => rules[rule] > 0).map((rule) => `${rule}: ${rules[rule]}`),
    ...(rules.keepWithin > 0 ? [`keepWithin: ${durationText(rules.keepWithin)}`] : []),
    `minimum: ${rules.minimum}`,
  ];
  const kept = shortened(keep.toReversed(), MOST_LISTED);
  const gone = shortened(remove, MOST_LISTED);
  return html`<section>
<h2>Retention</h2>
<p>Policy: ${withCode(said.map((rule) => `\`${rule}\``).join(", "))}, days counted in ${timeZone}. ${count(counted, "good recovery point")} counted.</p>
${stopped === null ? null : html`<p><strong>Retention has stopped.</strong> ${printable(stopped)}. Nothing is removed until that is settled.</p>`}
<h3>Now: ${count(keep.length, "recovery point")} kept</h3>
<details><summary>Why each is kept</summary>${table(
    "Recovery points kept, and why",
    [{ title: "recovery point" }, { title: "kept because" }],
    kept.shown.map(({ id, reasons }) => [whole(code(id)), printable(reasons.join("; "))]),
  )}${kept.more}</details>
<h3>Next run: ${remove.length === 0 ? "would remove none" : `would remove ${remove.length}`}</h3>
${remove.length === 0 ? null : list(gone.shown.map(({ id, reason }): Content => html`${code(id)}: ${printable(reason)}`))}${gone.more}
</section>`;
}

const ASKED = {
  rpo: "age of the newest good recovery point (rpo)",
  provenWithin: "time since a drill of a good recovery point passed (provenWithin)",
};

export function objectivesSection(objectives: readonly ReportedObjective[]): Html {
  const rows = objectives.map(({ name, target, actual, met }) => [
    ASKED[name],
    target === null ? "not set" : `at most ${durationText(target)}`,
    actual === null ? "there is none" : whole(formatDuration(actual)),
    met === null ? "not judged" : met ? "met" : html`<strong>MISSED</strong>`,
  ]);
  return html`<section>
<h2>Objectives</h2>
${table("Objectives", [{ title: "objective" }, { title: "asked for" }, { title: "found" }, { title: "verdict" }], rows)}
</section>`;
}

/** Who can read what is in the store, and whose signature is trusted. */
export function accessSection({ access, manifest }: Report): Html {
  const { recipients, signingKeys } = access;
  return html`<section>
<h2>Who can decrypt</h2>
${
  recipients.length === 0
    ? html`<p><strong>Objects are not encrypted</strong>: whoever can read the store can read every row.</p>`
    : html`<p>Later recovery points are encrypted to these ${count(recipients.length, "age public key")}; the identity of each alone opens everything. Who holds the identities is not recorded anywhere: it belongs in the <em>disaster checklist</em>. Earlier recovery points are encrypted to the keys configured then.</p>
${list(recipients.map((recipient, index) => html`Recipient ${index + 1}: ${code(recipient)}`))}`
}
${
  signingKeys.length === 0
    ? html`<p>No public key is configured, so an edited manifest would not be noticed.</p>`
    : html`<p>Manifests must be signed by one of these ed25519 keys:</p>${list(signingKeys.map(({ publicKey, keyId }) => html`Key id ${code(keyId)}: ${code(publicKey)}`))}`
}
${manifest === null ? null : html`<p>The recovery point ${code(manifest.id)} is ${manifest.encrypted ? "encrypted" : "not encrypted"} and ${signature(manifest)}.</p>`}
</section>`;
}

function signature({ signedBy, signatureVerified }: NonNullable<Report["manifest"]>): string {
  if (signedBy === null) return "its manifest is not signed";
  return `its manifest is signed by key ${signedBy}, ${signatureVerified ? "which was verified for this report" : "which was not verified: no public key is configured"}`;
}

const INSTANT: Record<SnapshotMethod, string> = {
  synchronised: "seen by snapshots that agree",
  "share-lock": "while writers were held back for a moment",
  "paused-standby": "while replay on the standby was paused",
};

/** What the recovery point holds. */
export function contentsSection({ manifest }: Report): Html | null {
  if (manifest === null) return null;
  const { databases, files, snapshotMethod, application, waived } = manifest;
  const columns = [
    { title: "database" },
    { title: "tables", amount: true },
    { title: "rows", amount: true },
    { title: "restored size", amount: true },
    { title: "stored", amount: true },
  ] as const;
  const rows = databases.map(({ name, tables, rows, plainBytes, storedBytes }) => [
    html`<bdi>${printable(name)}</bdi>`,
    tables.toLocaleString("en"),
    rows.toLocaleString("en"),
    formatSize(plainBytes),
    formatSize(storedBytes),
  ]);
  return html`<section>
<h2>What the recovery point holds</h2>
<p>${count(databases.length, "database")} of PostgreSQL ${manifest.serverVersion} at one instant, ${time(manifest.takenAt)}, ${INSTANT[snapshotMethod]}; the cluster's roles; ${files === null ? "no files" : count(files, "file entry", "file entries")}.</p>
${table("Databases", columns, rows)}
${application === null ? null : facts(describeApplication(application).map(([title, value]) => [title, html`<bdi>${printable(value)}</bdi>`]))}
${waived.length === 0 ? null : html`<p>Waived, and in no backup: ${waived.map((one) => html`${code(one)} `)}</p>`}
</section>`;
}
