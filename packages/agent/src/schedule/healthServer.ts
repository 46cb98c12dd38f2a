import { createServer, type Server } from "node:http";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { MetricsSource } from "../metrics/MetricsSource.js";
import type { Health } from "./assessHealth.js";

export interface HealthServer {
  /** As `http://127.0.0.1:9640`. */
  url: string;
  close(): Promise<void>;
}

/**
 * Answers /healthz (200 while all goes on, 503 where something is stuck) and /readyz (200 once the scheduler runs) with a JSON document. `health` is
 * undefined until it does. Nobody is asked who he is, so nothing is told that is secret: no names of databases, no reasons of failures. With `metrics`,
 * which name databases, /metrics too.
 */
export async function startHealthServer(
  { address, port }: { address: string; port: number },
  health: () => Health | undefined,
  metrics?: MetricsSource,
): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    const path = request.url?.replace(/\?.*$/s, "");
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : `${JSON.stringify(body)}\n`);
    };
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, { error: "GET or HEAD" });
    const now = health();
    if (path === "/healthz") return answer(now === undefined || now.healthy ? 200 : 503, now ?? { healthy: true, jobs: [] });
    if (path === "/readyz") return answer(now === undefined ? 503 : 200, { ready: now !== undefined });
    if (path === "/metrics" && metrics) {
      const text = await metrics.text();
      response.writeHead(200, { "content-type": metrics.contentType }).end(request.method === "HEAD" ? undefined : text);
      return;
    }
    return answer(404, { error: metrics ? "/healthz, /readyz or /metrics" : "/healthz or /readyz" });
  });
  server.requestTimeout = 10_000;
  await listen(server, address, port);
  const bound = server.address();
  const actualPort = typeof bound === "object" && bound ? bound.port : port;
  return {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${actualPort}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, address: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, address, resolve);
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const reasons: Record<string, string> = {
      EADDRINUSE: "another program listens there already",
      EADDRNOTAVAIL: "this machine has no such address",
      EACCES: "this port is for root only",
    };
    throw new ProblemError(
      ExitCode.Configuration,
      {
        where: "schedule.health",
        received: `${address} port ${port}`,
        reason: `the health endpoint cannot be opened: ${reasons[code] ?? (error as Error).message}`,
        next: "choose another schedule.health.port, or stop that program",
      },
      { cause: error },
    );
  }
}
