import { databaseObjectName, storeLayout } from "@pgkeep/core";
import { shellWord } from "../terminal/shellWord.js";

/** What the page for the escrow key tells. */
export interface EscrowPageParts {
  cluster: string;
  databases: readonly string[];
  store: string;
  /** The escrow key's public half. */
  recipient: string;
  signingPublicKey: string;
  /** Where the escrow identity was written, relative to the configuration's folder. */
  identityName: string;
  now: Date;
}

/**
 * A page to print, in Markdown: how to get the data back with public tools alone, by somebody who has never heard of pgkeep. It holds no secret;
 * the identity is kept beside it.
 */
export function escrowPage({ cluster, databases, store, recipient, signingPublicKey, identityName, now }: EscrowPageParts): string {
  const layout = storeLayout(cluster);
  const attempt = layout.attempt("ID", "ATTEMPT");
  const copies = databases.map((database) => {
    const object = databaseObjectName(database, true);
    return `age -d -i escrow-identity.txt ${shellWord(object)} | zstd -d | pg_restore --exit-on-error --no-owner -d ${shellWord(restored(database))}`;
  });
  return `# Escrow key of the backups of \`${cluster}\`

Printed from a file made on ${now.toISOString().slice(0, 10)}. Keep this page and the escrow identity together, away from the machine that is backed up.

## What this is

The backups of ${databases.map((name) => `\`${name}\``).join(" and ")} are encrypted with [age](https://age-encryption.org). They open with the daily
identity, or with the **escrow identity** alone. When the machine and everything on it is gone, the escrow identity and this page are enough.

| | |
|---|---|
| Backups are at | \`${store}\` |
| Public key of the escrow identity | \`${recipient}\` |
| Public key of the signatures | \`${signingPublicKey}\` |
| Escrow identity (a secret, not on this page) | the file \`escrow-identity.txt\`, or on paper: ______________________________ |
| Kept by, since | ______________________________ |

## Move the escrow identity off this machine

It was written to \`${identityName}\`. While it lies beside the daily identity it protects from nothing: whoever takes one takes both, and a fire burns both.

1. Copy it to two places that do not depend on this machine or on each other: a password manager of the company, a USB stick in a safe. It is one
   line that begins with \`AGE-SECRET-KEY-1\`; printed, it is 74 characters.
2. Compare: \`age-keygen -y escrow-identity.txt\` prints the public key above.
3. Remove it here: \`shred -u ${identityName}\`

## Get the data back with public tools only

Needed: \`age\`, \`zstd\`, and the \`psql\` and \`pg_restore\` of a PostgreSQL at least as new as the one that was backed up. With pgkeep at hand
\`pgkeep restore\` does all of this and verifies it.

1. Choose a recovery point: the names below \`${layout.manifests}\` in the store are its times in UTC, and each is a JSON document. Only what has one is whole.
2. The document lists, under \`databases\` and \`globals\`, the \`key\` of each object, below \`${attempt}\`, and its \`sha256\`. Fetch them and
   compare: \`sha256sum FILE\`
3. Roles, once per server (errors about roles that exist are harmless):

   \`\`\`sh
   age -d -i escrow-identity.txt globals.sql.zst.age | zstd -d | psql -X -d postgres
   \`\`\`

4. Each database, into a new one. Its encoding, locale and owner are in the document under \`properties\`:

   \`\`\`sh
${databases.map((database, index) => `   createdb --template=template0 ${shellWord(restored(database))}\n   ${copies[index]}`).join("\n")}
   \`\`\`

   With the roles in place, leave out \`--no-owner\`.
5. Files that were saved with the databases, where \`files\` is not null: \`age -d -i escrow-identity.txt files.tar.zst.age | zstd -d | tar -xp\`
6. \`vacuumdb --all --analyze-only\`, then point the application at the new databases.

## Test it

Once a quarter, on another machine: steps 1 to 5 with the copy from the safe. A key that was never tried is a hope.
`;
}

/** A name that cannot meet the lost database's own. */
function restored(database: string): string {
  return `${database}-restored`;
}
