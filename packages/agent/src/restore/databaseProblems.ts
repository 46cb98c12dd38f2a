import { type DatabaseProperties, ExitCode, type Problem } from "@pgkeep/core";
import { shownName } from "../postgresql/objectName.js";
import { entryName } from "./entryName.js";
import { ownerProblems } from "./ownerProblems.js";
import type { PreflightDatabase, PreflightFindings, PreflightRequest } from "./preflight.js";
import { DatabaseAction } from "./RestorePlan.js";

type Check = (database: PreflightDatabase, request: PreflightRequest) => PreflightFindings["problems"];

/** Everything about one database that keeps it from being restored, and that leaving out some entries would not mend. */
export function databaseProblems(database: PreflightDatabase, request: PreflightRequest): PreflightFindings["problems"] {
  return [newerSource, missingExtensions, missingLocale, foreignTarget, owners, unknownMoney, unreadableRows].flatMap((check) =>
    check(database, request),
  );
}

const newerSource: Check = ({ planned, header }, { facts }) => {
  const sourceMajor = Number.parseInt(header?.serverVersion ?? "0", 10);
  if (sourceMajor <= facts.major) return [];
  return missing({
    where: nameOf(planned.source),
    received: `PostgreSQL ${facts.version} at the target`,
    allowed: `PostgreSQL ${sourceMajor} or newer`,
    reason: "the dump is of a newer server than the target, which may not know what is in it",
    next: "restore into a server of that version",
  });
};

const missingExtensions: Check = ({ planned, scriptExtensions }, { facts }) =>
  scriptExtensions
    .filter((name) => !facts.extensions.some((extension) => extension.name === name))
    .flatMap((name) =>
      missing({
        where: nameOf(planned.source),
        reason: `the script creates extension ${name}, which the server does not have`,
        next: "install the package that brings it on the server's machine",
      }),
    );

const missingLocale: Check = ({ planned, properties, localeRefusal }) => {
  if (localeRefusal === undefined) return [];
  return missing({
    where: nameOf(planned.source),
    received: localeOf(properties),
    reason: `the target cannot have a database with its locale: ${localeRefusal}`,
    next: "install the locale on the server's machine, or create a database of another locale and restore into it with --in-place --clean",
  });
};

const foreignTarget: Check = ({ planned }, { facts, memberships }) => {
  const existing = facts.databases.find(({ name }) => name === planned.target);
  if (!existing || planned.action === DatabaseAction.AddTables || memberships.hasRightsOf(facts.role.name, existing.owner)) return [];
  return forbidden({
    where: nameOf(planned.target),
    reason: `it exists and belongs to ${shownName(existing.owner)}, and only its owner may replace it`,
    next: `GRANT ${shownName(existing.owner)} TO ${shownName(facts.role.name)}, or restore as a superuser`,
  });
};

const owners: Check = ({ planned, properties, entries }, { facts, memberships, noOwner }) => {
  if (noOwner) return [];
  const restorer = facts.role.name;
  const owner = properties?.owner ?? facts.databases.find(({ name }) => name === planned.target)?.owner ?? restorer;
  const ofDatabase =
    properties === null || memberships.maySet(restorer, owner)
      ? []
      : forbidden({
          where: nameOf(planned.source),
          reason: `role ${shownName(restorer)} may not create a database for ${shownName(owner)}, who owned it`,
          next: `GRANT ${shownName(owner)} TO ${shownName(restorer)}, restore as a superuser, or give --no-owner`,
        });
  return [...ofDatabase, ...ownerProblems(planned.source, owner, entries, facts, memberships).flatMap(forbidden)];
};

const unknownMoney: Check = ({ planned, properties, entries, monetaryLocaleKnown }) => {
  if (monetaryLocaleKnown || !entries.some(({ definition }) => /\bmoney\b/.test(definition))) return [];
  return missing({
    where: nameOf(planned.source),
    received: properties?.monetaryLocale ?? "unknown",
    reason: "columns of type money are read back under the locale they were written with (lc_monetary), and the target does not know it",
    next: "install the locale on the server's machine and restart the server",
  });
};

const unreadableRows: Check = ({ planned, entries }, { facts, verify }) => {
  const forced = entries.filter(({ definition }) => /^ALTER TABLE ONLY .* FORCE ROW LEVEL SECURITY;$/m.test(definition));
  if (!verify || forced.length === 0 || facts.role.superuser || facts.role.bypassRls) return [];
  return forbidden({
    where: nameOf(planned.source),
    reason: `role ${shownName(facts.role.name)} could not read back ${forced.map(entryName).join(", ")}: row-level security is forced there, and the restore could not be verified`,
    next: "restore as a role with BYPASSRLS, or give --no-verify",
  });
};

function missing(problem: Problem): PreflightFindings["problems"] {
  return [{ exitCode: ExitCode.Configuration, problem }];
}

function forbidden(problem: Problem): PreflightFindings["problems"] {
  return [{ exitCode: ExitCode.Permission, problem }];
}

function nameOf(database: string): string {
  return `database ${shownName(database)}`;
}

function localeOf(properties: DatabaseProperties | null): string {
  const { localeProvider, locale, collate, ctype } = properties ?? {};
  return [localeProvider, locale, collate === ctype ? collate : `${collate}, ${ctype}`].filter((part) => part).join(" ");
}
