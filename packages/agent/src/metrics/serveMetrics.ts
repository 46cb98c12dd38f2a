import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { MetricsSource } from "./MetricsSource.js";

/** Where to listen. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** Reads `127.0.0.1:9187` or `[::1]:9187`. Undefined where it is neither. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, six, four, digits = ""] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = six ?? four;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/** A server that answers /metrics, and /healthz while it lives, until it is closed. */
export interface MetricsServer {
  /** With the port that was given, where 0 was asked for. */
  readonly url: string;
  close(): Promise<void>;
}

export async function serveMetrics(source: MetricsSource, { host, port }: ListenAddress): Promise<MetricsServer> {
  const server = createServer(async (request, response) => {
    // Not by the class URL, which throws for `//`, and whoever reaches the port may ask for anything.
    const path = request.url?.replace(/\?.*$/s, "");
    if (path !== "/metrics" && path !== "/healthz") {
      response.writeHead(404, { "content-type": "text/plain" }).end("there is /metrics, and /healthz\n");
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    if (path === "/healthz") {
      // Not a word on the store: a container that is ended because its store is away could not say so.
      response.writeHead(200, { "content-type": "text/plain" }).end(request.method === "HEAD" ? undefined : "ok\n");
      return;
    }
    const text = await source.text();
    response.writeHead(200, { "content-type": source.contentType }).end(request.method === "HEAD" ? undefined : text);
  });
  await listen(server, host, port);
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shown}:${(server.address() as AddressInfo).port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const known: Record<string, [ExitCode, string]> = {
      EADDRINUSE: [ExitCode.Unavailable, "somebody else listens there"],
      EACCES: [ExitCode.Permission, "this account may not listen there; ports below 1024 need a right of their own"],
      EADDRNOTAVAIL: [ExitCode.Configuration, "this machine has no such address"],
      ENOTFOUND: [ExitCode.Configuration, "this machine has no such address"],
    };
    const [exitCode, reason] = known[code ?? ""] ?? [ExitCode.Unavailable, message];
    throw new ProblemError(
      exitCode,
      { where: "--listen", received: `${host}:${port}`, reason, next: "name another address" },
      { cause: error },
    );
  }
}
