/** Why several hosts are refused, wherever they are written. */
export const multipleHostsProblem =
  "several hosts are refused: a backup must know which server it reads, and the second could be a standby with another view of the data. Name one host";

/** Whether a host is the folder of a Unix socket. */
export function isSocketFolder(host: string): boolean {
  return host.startsWith("/");
}

/** Whether packets to a host never leave the machine, judged by its name alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === "localhost" || name === "::1" || /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

/** What is wrong with a host, undefined when nothing is. */
export function hostProblem(host: string): string | undefined {
  if (isSocketFolder(host)) return host.includes("\0") ? "no path holds a NUL character" : undefined;
  if (host.includes(",")) return multipleHostsProblem;
  if (host.startsWith("@")) return "abstract Unix sockets are not supported: name the folder of an ordinary one";
  if (host.includes("://")) return "this is a URI: write it as connection.uri, or only the host's name here";
  if (/^[^:]+:\d+$/.test(host)) return "the port is a setting of its own: write it as port";
  if (!/^[^\s/@?#[\]\\]+$/.test(host)) return "this is not the name or address of a host, nor a folder, which begins with a slash";
  return undefined;
}
