import { formatConnectionUri, type PlainConnection } from "./connectionUri.js";
import { DEFAULT_ENVIRONMENT_NAMES, environmentLines } from "./environmentLines.js";
import { helmValues } from "./helmValues.js";
import type { AccessConnection, ConnectionKeysArgs } from "./PostgresAccessArgs.js";

/** A connection in every form that it is given out in. */
export function renderConnection(
  connection: PlainConnection,
  environmentNames: ConnectionKeysArgs = DEFAULT_ENVIRONMENT_NAMES,
  helmPaths: ConnectionKeysArgs = {},
): AccessConnection {
  const { host, port, database, username, password, sslMode } = connection;
  const uri = formatConnectionUri(connection);
  const texts = { host, port: String(port), database, username, password, sslMode, uri };
  return {
    host,
    port,
    database,
    username,
    password,
    sslMode,
    uri,
    environment: environmentLines(texts, environmentNames),
    helmValues: helmValues({ ...texts, port }, helmPaths),
    json: JSON.stringify({ host, port: String(port), database, username, password, sslmode: sslMode, uri }),
  };
}
