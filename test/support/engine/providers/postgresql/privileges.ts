import type { PlainProperties } from "../wireValues.js";
import { list, text } from "./Role.js";

/** What may be granted on what, and so what ALL means (allowedPrivileges of the source's helpers.go). */
const allowed: Readonly<Record<string, readonly string[]>> = {
  database: ["CREATE", "CONNECT", "TEMPORARY"],
  table: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
  sequence: ["USAGE", "SELECT", "UPDATE"],
  schema: ["CREATE", "USAGE"],
  function: ["EXECUTE"],
  procedure: ["EXECUTE"],
  routine: ["EXECUTE"],
  type: ["USAGE"],
  foreign_data_wrapper: ["USAGE"],
  foreign_server: ["USAGE"],
};

export function validatePrivileges(properties: PlainProperties): void {
  const objectType = text(properties.objectType);
  const possible = allowed[objectType];
  if (possible === undefined) throw new Error(`unknown object type ${objectType}`);
  for (const privilege of list(properties.privileges)) {
    if (privilege !== "ALL" && !possible.includes(privilege)) {
      throw new Error(`${privilege} is not an allowed privilege for object type ${objectType}`);
    }
  }
}

/** The privileges for the state: as the program wrote them where they are there, else what is there instead. */
export function seenPrivileges(granted: readonly string[], properties: PlainProperties): string[] {
  const wanted = list(properties.privileges);
  const same = (these: readonly string[], those: readonly string[]) =>
    these.length === those.length && these.every((privilege) => those.includes(privilege));
  const all = allowed[text(properties.objectType)] ?? [];
  const present = same(granted, wanted) || (wanted.includes("ALL") && same(granted, all));
  return present ? wanted : [...granted].sort();
}

/** Everybody: no role, and without an oid. */
export const everybody = "public";
