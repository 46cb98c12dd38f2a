import { z } from "zod";
import { uniqueList } from "../uniqueList.js";
import { AnomalyKind } from "./Suspicion.js";

/** All but growth: data grows for good reasons more often than for bad ones. */
const DEFAULT_CHECKS = Object.values(AnomalyKind).filter((kind) => kind !== AnomalyKind.Growth);

function lostSchema(of: string) {
  return z
    .int()
    .min(0)
    .max(99)
    .default(50)
    .describe(`Per cent of its ${of} that may be lost, 0 to 99; more is suspicious, and with 0 any loss is. Defaults to 50.`);
}

/**
 * The configuration section `anomaly`: what makes a new recovery point suspicious beside the last good one. Defaults are meant to stay silent
 * while a small database lives its life, and to speak when one was emptied or restored wrongly.
 */
export const anomalySchema = z
  .strictObject({
    check: z
      .array(z.enum(AnomalyKind))
      .superRefine(uniqueList("one mention is enough"))
      .default(DEFAULT_CHECKS)
      .describe(
        "What is looked at: missing-database, missing-table, emptied-table, table-rows, total-rows, size, growth. Defaults to all but growth; an empty list turns the gate off.",
      ),
    lostRows: lostSchema("rows"),
    leastRows: z
      .int()
      .min(1)
      .default(1000)
      .describe("A table, or all tables of a database together, with fewer rows before is not judged by its lost rows. Defaults to 1000."),
    emptiedFrom: z
      .int()
      .min(1)
      .default(100)
      .describe("A table with fewer rows before may be empty, or be gone, without being suspicious. Defaults to 100."),
    lostBytes: lostSchema("bytes before compression"),
    leastBytes: z
      .int()
      .min(1)
      .default(1_000_000)
      .describe("A database whose dump had fewer bytes before compression is not judged by its size. Defaults to 1000000."),
    growth: z
      .int()
      .min(2)
      .max(1000)
      .default(10)
      .describe("How many times larger a dump may get, 2 to 1000, where growth is checked at all. Defaults to 10."),
    ignoreTables: z
      .array(z.string().regex(/^[^:]+:.+$/s, { error: "this names no table: write database:schema.table" }))
      .superRefine(uniqueList("one mention is enough"))
      .default([])
      .describe(
        "Tables that come and go, such as queues and partitions: database:schema.table, where * stands for any characters, for example shop:public.events_*. Their rows count in no total. Defaults to none.",
      ),
  })
  .describe(
    "What makes a new recovery point suspicious beside the last good one. A suspicious one is kept, reported, and never counted by retention.",
  );

export type AnomalyThresholds = z.infer<typeof anomalySchema>;
