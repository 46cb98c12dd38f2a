import { join, resolve } from "node:path";
import type { AgentConfig } from "@pgkeep/core";

type ConnectionPart = AgentConfig["connection"];

/** Names of files and folders made absolute: a relative one is meant from the configuration's folder, `~/` from the home folder. */
export function absolutePaths(config: AgentConfig, folder: string, home: string | undefined): AgentConfig {
  const absolute = (path: string) => (path.startsWith("~/") && home ? join(home, path.slice(2)) : resolve(folder, path));
  const { connection, dump, encryption, signing, drill, application } = config;
  return {
    ...config,
    connection: connectionPaths(connection, absolute),
    dump: mapped(dump, ["programs"], absolute),
    ...(encryption && { encryption: mapped(encryption, ["identityFile"], absolute) }),
    ...(signing && { signing: mapped(signing, ["privateKeyFile"], absolute) }),
    application: mapped(application, ["workTree"], absolute),
    drill: {
      ...mapped(drill, ["programs", "workFolder"], absolute),
      ...(drill.connection && { connection: connectionPaths(drill.connection, absolute) }),
    },
  };
}

function connectionPaths(connection: ConnectionPart, absolute: (path: string) => string): ConnectionPart {
  const named =
    connection.sslrootcert === "system" || connection.sslrootcert === "rds"
      ? (["passwordFile", "sslcert", "sslkey"] as const)
      : (["passwordFile", "sslcert", "sslkey", "sslrootcert"] as const);
  return mapped(connection, named, absolute);
}

/** A copy whose named properties went through a function where they are set. */
function mapped<Part extends object>(part: Part, names: readonly (keyof Part)[], change: (value: string) => string): Part {
  const copy = { ...part };
  for (const name of names) {
    const value = part[name];
    if (typeof value === "string") Object.assign(copy, { [name]: change(value) });
  }
  return copy;
}
