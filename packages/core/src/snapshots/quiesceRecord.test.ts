import { expect, test } from "vitest";
import { formatQuiesceRecord, parseQuiesceRecord, whyResume } from "./quiesceRecord.js";

const record = {
  schedule: "orders",
  set: "x",
  pod: "uid",
  replicas: 2,
  since: "2026-11-30T02:00:00.000Z",
  until: "2026-11-30T02:30:00.000Z",
};
const at = (minute: number) => new Date(Date.UTC(2026, 10, 30, 2, minute));

test("a record reads back as the same", () => {
  expect(parseQuiesceRecord(formatQuiesceRecord(record))).toEqual(record);
});

test.each(["", "2", "{}", JSON.stringify({ ...record, replicas: -1 }), JSON.stringify({ ...record, until: "soon" })])(
  "%s is none",
  (text) => {
    expect(parseQuiesceRecord(text)).toBeUndefined();
  },
);

test.each([
  ["while its run lives", "uid", ["uid"], 29, undefined],
  ["once its run is over", "uid", ["other"], 1, "the run that stopped it is over"],
  ["once its time is over, although its run lives", "uid", ["uid"], 30, "it was to be stopped until 2026-11-30T02:30:00.000Z at most"],
  ["while nobody knows whether its run lives", null, [], 29, undefined],
])("a workload is brought back %s: why", (_when, pod, living, minute, why) => {
  expect(whyResume({ ...record, pod }, new Set(living), at(minute))).toBe(why);
});
