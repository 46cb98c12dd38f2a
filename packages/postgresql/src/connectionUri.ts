/** A connection, every value known. */
export interface PlainConnection {
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  sslMode: string;
  /** File of trusted authorities, as the application finds it. */
  sslRootCertificate?: string;
}

/**
 * The connection as a libpq URI, every part percent-encoded. An IPv6 address stands in brackets, a socket's folder in the query.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function formatConnectionUri(connection: PlainConnection): string {
  const { host, port, database, username, password, sslMode, sslRootCertificate } = connection;
  const place = host.startsWith("/") ? `:${port}` : `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const parameters = [
    ...(host.startsWith("/") ? [["host", host]] : []),
    ["sslmode", sslMode],
    ...(sslRootCertificate === undefined ? [] : [["sslrootcert", sslRootCertificate]]),
  ].map(([name = "", value = ""]) => `${name}=${encode(value)}`);
  return `postgresql://${encode(username)}:${encode(password)}@${place}/${encode(database)}?${parameters.join("&")}`;
}

/** encodeURIComponent leaves `!'()*` alone, which shells and some parsers do not. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
