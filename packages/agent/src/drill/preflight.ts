import { type Check, counted, type Manifest, Verdict } from "@pgkeep/core";
import { openSession } from "../postgresql/session.js";
import type { ScratchSpace } from "./scratchSpace.js";

/**
 * What must be there before a restore can prove anything: the extensions, and on a server that is shared the roles, which a drill must not
 * create there. What is missing is no failure of the recovery point: it could not be verified here.
 */
export async function preflight(manifest: Manifest, scratch: ScratchSpace): Promise<Check[]> {
  const session = await openSession(scratch.connection, scratch.connection.maintenanceDatabase);
  try {
    const available = await session.query<{ name: string }>("SELECT name::text FROM pg_catalog.pg_available_extensions");
    const wanted = new Set(manifest.databases.flatMap(({ extensions }) => extensions.map(({ name }) => name)));
    const missing = [...wanted].filter((name) => !available.some((extension) => extension.name === name));
    const checks = [
      answer(
        "extensions available",
        missing.map((name) => `extension ${name} is not installed for the scratch server`),
        `${wanted.size} extensions`,
      ),
    ];
    if (scratch.kind === "own") return checks;
    const roles = await session.query<{ name: string }>("SELECT rolname AS name FROM pg_catalog.pg_roles");
    const absent = manifest.globals.roles.filter(({ name }) => !roles.some((role) => role.name === name));
    return [
      ...checks,
      answer(
        "roles available",
        absent.map(({ name }) => `role ${name} does not exist on the given scratch server`),
        counted(manifest.globals.roles.length, "role"),
      ),
    ];
  } finally {
    await session.end();
  }
}

function answer(name: string, missing: readonly string[], found: string): Check {
  return missing.length === 0
    ? { name, verdict: Verdict.Pass, details: [found] }
    : { name, verdict: Verdict.CouldNotVerify, details: [...missing] };
}
