import type { AgentConfig, Manifest } from "@pgkeep/core";
import { isEncrypted } from "./publicToolsSection.js";
import type { RunbookSection } from "./Runbook.js";

/** Where each secret is to be found, never what it is. */
export function keyPlaces({ encryption, signing, store, connection }: AgentConfig, manifest: Manifest): RunbookSection {
  const daily = encryption?.identityFile ?? "`PGKEEP_IDENTITY` or the file that `PGKEEP_IDENTITY_FILE` names";
  const rows = [
    ...(isEncrypted(manifest)
      ? [
          ["daily age identity: opens every object", daily],
          ["escrow age identity: opens every object", "away from this machine, kept by: ____________________"],
        ]
      : []),
    ["the database's password", connection.passwordFile ?? "`PGPASSWORD`, `PGPASSWORD_FILE` or a libpq password file (`PGPASSFILE`)"],
    ["the store's credentials", credentials(store.url)],
    ...(signing
      ? [
          [
            "signing key: not needed to restore",
            signing.privateKeyFile ?? "`PGKEEP_SIGNING_KEY` or the file that `PGKEEP_SIGNING_KEY_FILE` names",
          ],
        ]
      : []),
  ];
  const publics = [
    ...(encryption?.recipients ?? []).map((recipient, place) => `Recipient ${place + 1}, the public half of an identity: \`${recipient}\``),
    ...(signing?.publicKeys ?? []).map((key) => `Public key of signatures: \`${key}\``),
  ];
  return { title: "Where the keys are", text: publics, table: { head: ["secret", "place"], rows } };
}

function credentials(url: string): string {
  const scheme = url.slice(0, url.indexOf(":")).toLowerCase();
  if (scheme === "file") return "none: an account that may read the folder";
  if (scheme === "s3") return "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or the machine's role";
  return "the provider's own, as for its command line";
}
