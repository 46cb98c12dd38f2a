import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type LatencyProxy, startLatencyProxy } from "./latencyProxy.js";

let echo: Server;
let proxy: LatencyProxy | undefined;

beforeEach(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(echo, "listening");
});
afterEach(async () => {
  await proxy?.stop();
  echo.close();
});

const through = async (options?: Parameters<typeof startLatencyProxy>[1]): Promise<Socket> => {
  const address = echo.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  proxy = await startLatencyProxy({ host: "127.0.0.1", port: address.port }, options);
  const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true });
  await once(socket, "connect");
  return socket;
};
const hash = (data: Buffer) => createHash("sha256").update(data).digest("hex");

it("passes megabytes on, in order, whatever the jitter", async () => {
  const socket = await through({ jitterMilliseconds: 3 });
  const sent = randomBytes(5_000_000);
  socket.end(sent);
  expect(hash(await buffer(socket))).toBe(hash(sent));
});

it("delays each way", async () => {
  const socket = await through({ delayMilliseconds: 50 });
  const start = performance.now();
  socket.write("ping");
  await once(socket, "data");
  expect(performance.now() - start).toBeGreaterThanOrEqual(99);
  socket.destroy();
});

it("cuts on demand, and serves the next connection", async () => {
  const socket = await through();
  socket.write("ping");
  await once(socket, "data");
  const broken = once(socket, "error");
  proxy?.cut();
  expect((await broken)[0]).toMatchObject({ code: "ECONNRESET" });
  const next = connect({ host: "127.0.0.1", port: proxy?.port ?? 0 });
  next.write("again");
  expect(String((await once(next, "data"))[0])).toBe("again");
  next.destroy();
});

it("cuts when the budget is spent, having passed exactly that much", async () => {
  const socket = await through({ byteBudget: 100_000 });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(randomBytes(500_000));
  await closed;
  expect(proxy?.bytes).toBe(100_000);
});

it("holds everything while stalled", async () => {
  const socket = await through();
  proxy?.stall();
  let received = "";
  socket.on("data", (data) => {
    received += String(data);
  });
  socket.write("waiting");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(received).toBe("");
  proxy?.resume();
  await expect.poll(() => received).toBe("waiting");
  socket.destroy();
});
