import type { AgentConfig } from "@pgkeep/core";
import { identityToRecipient } from "age-encryption";

/** Identities told by their public halves and the place these have among the configuration's recipients. */
export async function identityNames(identities: readonly string[], config: Pick<AgentConfig, "encryption">): Promise<string> {
  const recipients = config.encryption?.recipients ?? [];
  const names = await Promise.all(
    identities.map(async (identity) => {
      const recipient = await identityToRecipient(identity);
      const place = recipients.indexOf(recipient);
      return place < 0 ? `the identity of ${recipient}` : `the identity of recipient ${place + 1} of ${recipients.length}, ${recipient}`;
    }),
  );
  return names.join("; ");
}
