import { Verdict } from "@pgkeep/core";
import type { StatusReport } from "../status/StatusReport.js";

const at = new Date("2026-11-21T12:00:00Z");
const point = { id: "20261121T020000Z-4f9k2m1x", dataAsOf: new Date("2026-11-21T02:00:00Z"), committedAt: at, ageSeconds: 36_000 };

/** A status in which everything that can be told is told. */
export const fullStatus: StatusReport = {
  cluster: "shop",
  store: "file:///store",
  at,
  ok: true,
  findings: [],
  newest: { committed: point, good: point, proven: point },
  lastProofAt: new Date("2026-11-20T04:00:00Z"),
  retention: null,
  objectives: {
    rpo: { targetSeconds: 93_600, ageSeconds: 36_000, met: true },
    provenWithin: { targetSeconds: 3_024_000, ageSeconds: 115_200, met: true },
  },
  counts: { all: 3, good: 2, proven: 1, suspicious: 1, accepted: 0, pinned: 1, removing: 0 },
  nextRuns: [{ job: "backup", at: new Date("2026-11-22T02:00:00Z") }],
  lastActions: [{ action: "backup", at: new Date("2026-11-21T02:01:00Z"), result: "done" }],
  trend: [{ id: point.id, dataAsOf: point.dataAsOf, storedBytes: 1000, plainBytes: 4000, rows: 70, backupSeconds: 61.5 }],
  databases: [{ name: 'shop "x"\\\n', rows: 70, storedBytes: 900, plainBytes: 3900 }],
  drills: [{ id: point.id, at: new Date("2026-11-20T04:00:00Z"), verdict: Verdict.Pass, restoreSeconds: 42, compareSeconds: 20 }],
  lastPhysicalDrill: null,
  unreadable: [],
  requests: { listings: 8, pages: 8, objects: 30, reads: 5 },
  milliseconds: 120,
};
