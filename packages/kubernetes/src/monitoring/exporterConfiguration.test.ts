import type { AgentConfigInput } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { exporterConfiguration, monitoredObjectives, periodSeconds } from "./exporterConfiguration.js";

const config: AgentConfigInput = {
  version: 1,
  cluster: "shop",
  databases: ["core"],
  connection: { host: "shop-db", user: "dump" },
  store: { url: "s3://backups" },
  dump: { parallel: 4 },
  notify: { timeout: "15s" },
  signing: { publicKeys: ["AAAA"] },
  retention: { keepLast: 7 },
  objectives: { rpo: "13h" },
};

describe("the targets of an exporter", () => {
  it("are the arguments', else the configuration's, else there are some nevertheless", () => {
    expect(monitoredObjectives(config, {})).toEqual({ rpo: "13h", provenWithin: "35d", assumed: ["provenWithin"] });
    expect(monitoredObjectives(config, { rpo: "1h", provenWithin: "2d" })).toEqual({ rpo: "1h", provenWithin: "2d", assumed: [] });
    const { objectives: _, ...silent } = config;
    expect(monitoredObjectives(silent, {})).toEqual({ rpo: "26h", provenWithin: "35d", assumed: ["rpo", "provenWithin"] });
    expect([periodSeconds("1h"), periodSeconds("35d")]).toEqual([3600, 3_024_000]);
  });
});

it("the configuration of an exporter has nothing of the server and of dumps, and all that a status reads", () => {
  const targets = monitoredObjectives(config, {});
  expect(exporterConfiguration(config, targets)).toEqual({
    version: 1,
    cluster: "shop",
    databases: ["core"],
    store: { url: "s3://backups" },
    signing: { publicKeys: ["AAAA"] },
    retention: { keepLast: 7 },
    objectives: { rpo: "13h", provenWithin: "35d" },
  });
});
