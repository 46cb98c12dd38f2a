import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request to a store. */
export interface StoreRequest {
  method: string;
  /** The object's key, or the prefix that is listed, without the bucket. */
  key: string;
  query: URLSearchParams;
}

/** Somebody is made to wait at a certain point. */
export interface Hold {
  /** Resolves when he is there. */
  reached: Promise<void>;
  /** Lets him go on, and nobody is held there again. */
  release(): Promise<void> | void;
}

/** A proxy between a program and an S3 server, at which requests wait as long as a test wants. */
export interface HoldingProxy {
  port: number;
  /** Holds every request that matches: `before` the server sees it, or `after` the server did it and before its answer comes back. */
  hold(moment: "before" | "after", matches: (request: StoreRequest) => boolean): Hold;
  stop(): Promise<void>;
}

interface Barrier {
  moment: "before" | "after";
  matches(request: StoreRequest): boolean;
  reach(): void;
  opened: Promise<void>;
}

export async function startHoldingProxy(target: string): Promise<HoldingProxy> {
  const barriers = new Set<Barrier>();
  const server = createServer((incoming, outgoing) => {
    const asked = storeRequest(incoming, target);
    const barrier = [...barriers].find(({ matches }) => matches(asked));
    void passOn(target, incoming, outgoing, barrier);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    hold: (moment, matches) => {
      const reached = Promise.withResolvers<void>();
      const opened = Promise.withResolvers<void>();
      const barrier = { moment, matches, reach: reached.resolve, opened: opened.promise };
      barriers.add(barrier);
      const release = () => {
        barriers.delete(barrier);
        opened.resolve();
      };
      return { reached: reached.promise, release };
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function storeRequest({ method = "", url = "/" }: IncomingMessage, target: string): StoreRequest {
  const { pathname, searchParams } = new URL(url, target);
  const inBucket = decodeURIComponent(pathname).replace(/^\/[^/]+\/?/, "");
  return { method, key: searchParams.get("prefix") ?? inBucket, query: searchParams };
}

async function passOn(target: string, incoming: IncomingMessage, outgoing: ServerResponse, barrier: Barrier | undefined): Promise<void> {
  let gone = false;
  outgoing.once("close", () => {
    gone = true;
  });
  const waitAt = async (moment: Barrier["moment"]) => {
    if (barrier?.moment !== moment) return;
    barrier.reach();
    await barrier.opened;
  };
  await waitAt("before");
  if (gone) return;
  // The host stays the proxy's: it is signed. The proxy's own server has answered `Expect: 100-continue`.
  const { expect: _, ...headers } = incoming.headers;
  const upstream = request(target + (incoming.url ?? ""), { method: incoming.method, headers, agent: false });
  outgoing.once("close", () => upstream.destroy());
  upstream.on("error", () => outgoing.destroy());
  upstream.on("response", async (answer) => {
    await waitAt("after");
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  incoming.pipe(upstream);
}
