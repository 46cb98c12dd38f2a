import { expect, test } from "vitest";
import { nearestName } from "./nearestName.js";

const known = ["cluster", "connection", "databases", "store", "sslmode", "sslrootcert", "port", "host"];

test.each([
  ["clustr", "cluster"],
  ["conenction", "connection"], // two neighbours swapped
  ["database", "databases"],
  ["ssl_mode", "sslmode"],
  ["sslRootCert", "sslrootcert"],
  ["Store", "store"],
  ["prot", "port"],
  ["password", undefined],
  ["x", undefined],
  ["", undefined],
])("%j most likely means %j", (name, expected) => expect(nearestName(name, known)).toBe(expected));
