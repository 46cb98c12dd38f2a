import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Leads connections to an address of this machine on to a server on loopback, as kube-proxy would. Returns how it ends. */
export async function forwardService(from: { address: string; port: number }, to: URL): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(Number(to.port), to.hostname);
    for (const socket of [incoming, outgoing]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => {
        open.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  server.listen(from.port, from.address);
  await once(server, "listening");
  return async () => {
    for (const socket of open) socket.destroy();
    server.close();
    await once(server, "close");
  };
}
