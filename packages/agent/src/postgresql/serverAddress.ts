import type { Connection } from "@pgkeep/core";

/** Host and port, or socket, for messages. */
export function serverAddress(connection: Connection): string {
  return connection.host.startsWith("/") ? `${connection.host}/.s.PGSQL.${connection.port}` : `${connection.host}:${connection.port}`;
}
