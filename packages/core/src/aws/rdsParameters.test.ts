import { expect, test } from "vitest";
import { rdsParameterNeedsRestart } from "./rdsParameters.js";

test.each([
  ["max_connections", true],
  ["max_locks_per_transaction", true],
  ["Shared_Buffers", true],
  ["rds.logical_replication", true],
  ["wal_log_hints", true],
  ["rds.force_ssl", false],
  ["work_mem", false],
  ["", false],
])("%s is read at the start alone: %s", (name, expected) => expect(rdsParameterNeedsRestart(name)).toBe(expected));
