import { CONFIG_VERSION, parseAgentConfig } from "@pgkeep/core";
import { parse, stringify } from "yaml";

/** What a new configuration is made of. */
export interface ConfigurationParts {
  cluster: string;
  databases: readonly string[];
  store: string;
  uri?: string;
  recipient: string;
  escrowRecipient: string;
  identityFile: string;
  signingKeyFile: string;
  signingPublicKey: string;
}

/** A new `pgkeep.yaml` with comments. Throws the ProblemError of a configuration when it would not be one. */
export function configurationText(parts: ConfigurationParts): string {
  const { cluster, databases, store, uri, recipient, escrowRecipient, identityFile, signingKeyFile, signingPublicKey } = parts;
  const text = `# Configuration of pgkeep. It holds no secret and belongs under version control.
# \`pgkeep config print\` shows it with all defaults, \`pgkeep config check\` finds mistakes. Paths are relative to this file's folder.
version: ${CONFIG_VERSION}

# Name of the PostgreSQL cluster in the store. Changing it begins a new history.
cluster: ${quoted(cluster)}

# Every recovery point holds all of these databases at one instant.
databases:
${databases.map((name) => `  - ${quoted(name)}`).join("\n")}

# The password comes from PGPASSWORD_FILE, PGPASSWORD or a libpq password file (PGPASSFILE), never from here.
${connectionText(uri)}
# Where recovery points live: ${store.startsWith("s3:") ? "credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or the machine's role" : "a folder; better s3://bucket/prefix, away from this machine"}.
store:
  url: ${quoted(store)}

# Objects are encrypted before they leave this machine. Each key alone can decrypt.
encryption:
  recipients:
    - ${recipient} # daily
    - ${escrowRecipient} # escrow: its identity is kept away from this machine, see ESCROW.md
  # For restore and drill only. A machine that only takes backups needs no identity: remove this line there.
  identityFile: ${quoted(identityFile)}

# Manifests are signed, so that an edited one is refused.
signing:
  privateKeyFile: ${quoted(signingKeyFile)}
  publicKeys:
    - ${signingPublicKey}

# Files that belong to the databases can be saved with them:
# files:
#   root: /srv/app
#   paths: [.env, compose.override.yaml]
`;
  parseAgentConfig(parse(text));
  return text;
}

function connectionText(uri: string | undefined): string {
  if (uri !== undefined) return `connection:\n  uri: ${quoted(uri)}\n`;
  return `# Without a host here, PGHOST, PGPORT, PGUSER and PGSSLMODE are used.
# connection:
#   uri: postgresql://backup@db.example.org/postgres
`;
}

/** As YAML writes this text: in quotes where it would mean something else without, also to readers of YAML 1.1, for whom `yes` is true. */
function quoted(text: string): string {
  return stringify(text, { lineWidth: 0, defaultStringType: "PLAIN", blockQuote: false, compat: "yaml-1.1" }).trimEnd();
}
