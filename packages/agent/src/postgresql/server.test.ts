import { ExitCode } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { assertServer, type Server } from "./server.js";

const server = (major: number): Server => ({
  version: `${major}.1`,
  versionNumber: major * 10_000 + 1,
  major,
  inRecovery: false,
  systemIdentifier: null,
  timeline: null,
  lsn: "0/0",
  clock: new Date(),
});
const programs = (version: number) => ({ folder: "/bin", version, versionText: `${version}.0`, path: () => "" });

describe("versions", () => {
  it.each([14, 15, 16, 17, 18])("PostgreSQL %i is supported, with a pg_dump as new or newer", (major) => {
    expect(() => assertServer(server(major))).not.toThrow();
    expect(() => assertServer(server(major), programs(major))).not.toThrow();
    expect(() => assertServer(server(major), programs(major + 1))).not.toThrow();
  });

  it("a pg_dump older than the server is refused", () => {
    expect(() => assertServer(server(17), programs(16))).toThrow(
      expect.objectContaining({
        exitCode: ExitCode.Configuration,
        message: expect.stringMatching(/older than the server[\s\S]*postgresql-client-17/),
      }),
    );
  });

  it.each([
    [13, /no longer maintained/],
    [19, /not tested with a server this new[\s\S]*newer release of pgkeep/],
  ])("PostgreSQL %i is refused", (major, reason) => {
    expect(() => assertServer(server(major))).toThrow(reason);
  });
});
