import { connect, createServer, type Socket } from "node:net";

export interface LatencyProxyOptions {
  /** Added to every piece of data, in each direction. */
  delayMilliseconds?: number;
  /** Up to this much more, at random; the order of a connection's data is kept. */
  jitterMilliseconds?: number;
  /** After this many bytes, both directions together, every connection is cut and new ones are refused. */
  byteBudget?: number;
}

/** A TCP proxy that makes the network slow, or breaks it, between a program under test and a real server. */
export interface LatencyProxy {
  readonly host: string;
  readonly port: number;
  readonly openConnections: number;
  /** Bytes passed on so far, both directions together. */
  readonly bytes: number;
  /** May be changed while connections are open. */
  delayMilliseconds: number;
  jitterMilliseconds: number;
  /** Resets every open connection, as a dying router would; new ones are served. */
  cut(): void;
  /** From now on nothing passes, and nobody is told: the silence of a dropped packet. `resume` ends it. */
  stall(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** No more than this waits in one direction of one connection, so that a fast sender meets the slowness too. */
const mostWaiting = 256 * 1024;

export async function startLatencyProxy(target: { host: string; port: number }, options: LatencyProxyOptions = {}): Promise<LatencyProxy> {
  const sockets = new Set<Socket>();
  const wakers = new Set<() => void>();
  let budget = options.byteBudget ?? Number.POSITIVE_INFINITY;
  let stalled = false;

  const reset = (socket: Socket) => {
    sockets.delete(socket);
    if (!socket.destroyed) socket.resetAndDestroy();
  };
  const cut = () => {
    for (const socket of [...sockets]) reset(socket);
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => reset(other));
      socket.on("close", () => {
        sockets.delete(socket);
        if (!socket.readableEnded) reset(other);
      });
      pass(socket, other);
    }
    if (budget <= 0) cut();
  });

  const pass = (from: Socket, to: Socket) => {
    const waiting: { due: number; data: Buffer | "end" }[] = [];
    let size = 0;
    let _timer: NodeJS.Timeout | undefined;
    let lastDue = 0;
    const enqueue = (data: Buffer | "end") => {
      // performance.now, not the clock: nothing may overtake what came before it.
      lastDue = Math.max(lastDue, performance.now() + proxy.delayMilliseconds + Math.random() * proxy.jitterMilliseconds);
      waiting.push({ due: lastDue, data });
      size += data === "end" ? 0 : data.length;
      if (size > mostWaiting) from.pause();
      _timer ??= setTimeout(flush, Math.max(0, lastDue - performance.now()));
    };
    const flush = () => {
      _timer = undefined;
      while (!stalled && !to.destroyed) {
        const next = waiting[0];
        if (next === undefined) break;
        const wait = next.due - performance.now();
        if (wait > 0) {
          _timer = setTimeout(flush, wait);
          return;
        }
        waiting.shift();
        if (next.data === "end") to.end();
        else {
          size -= next.data.length;
          send(next.data);
        }
      }
      if (size <= mostWaiting && !stalled) from.resume();
    };
    const send = (data: Buffer) => {
      if (budget <= 0) return;
      const passed = data.subarray(0, Math.min(data.length, budget));
      budget -= passed.length;
      bytes += passed.length;
      if (budget > 0) {
        if (!to.write(passed)) {
          from.pause();
          to.once("drain", flush);
        }
      } else to.write(passed, () => cut());
    };
    wakers.add(flush);
    from.on("data", enqueue);
    from.on("end", () => enqueue("end"));
    from.once("close", () => wakers.delete(flush));
  };

  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");

  const proxy: LatencyProxy = {
    host: "127.0.0.1",
    port: address.port,
    get openConnections() {
      return sockets.size / 2;
    },
    get bytes() {
      return bytes;
    },
    delayMilliseconds: options.delayMilliseconds ?? 0,
    jitterMilliseconds: options.jitterMilliseconds ?? 0,
    cut,
    stall: () => {
      stalled = true;
    },
    resume: () => {
      stalled = false;
      for (const wake of wakers) wake();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
  return proxy;
}
