import { argumentProblems, type Problem, parseRdsEngineVersion, rdsEngineVersionProblem, rdsIdentifierProblem } from "@pgkeep/core";
import { backupProblems, windowProblems } from "./backupProblems.js";
import { encryptionProblems } from "./encryptionProblems.js";
import { networkProblems } from "./networkProblems.js";
import type { RdsPostgresArgs } from "./RdsPostgresArgs.js";
import { rdsSchema } from "./rdsSchema.js";
import { restoreProblems } from "./restoreProblems.js";
import { storageProblems } from "./storageProblems.js";

/** Everything that is wrong with the arguments, as far as they are known. `name` is the component's, which is the identifier unless one is given. */
export function rdsProblems(name: string, args: RdsPostgresArgs, now: Date): Problem[] {
  const { problems, wellFormed } = argumentProblems(rdsSchema, args);
  if (!wellFormed) return problems;
  if (args.existing !== undefined) return [...problems, ...besideExisting(args)];
  return [
    ...problems,
    ...missingProblems(args),
    ...identifierProblems(name, args),
    ...versionProblems(args),
    ...networkProblems(args.network),
    ...storageProblems(args.storage),
    ...backupProblems(args.backups),
    ...windowProblems(args),
    ...restoreProblems(args.identifier ?? name, args, now),
    ...encryptionProblems(args),
    ...parameterProblems(args),
    ...logProblems(args),
  ];
}

function besideExisting(args: RdsPostgresArgs): Problem[] {
  return Object.entries(args).flatMap(([where, value]): Problem[] =>
    value === undefined || where === "existing" || where === "tags"
      ? []
      : [
          {
            where,
            reason: "an existing instance is given, of which nothing is declared here",
            next: "remove this, or remove existing to declare a new instance",
          },
        ],
  );
}

function missingProblems(args: RdsPostgresArgs): Problem[] {
  const needed = {
    engineVersion: "for example 16",
    instanceClass: "for example db.m7g.large",
    network: "vpcId and subnetIds, or what exists",
  };
  return Object.entries(needed).flatMap(([where, allowed]): Problem[] =>
    args[where as keyof typeof needed] === undefined
      ? [{ where, reason: "this is missing", allowed, next: "give it, or give existing for an instance that is there" }]
      : [],
  );
}

function identifierProblems(name: string, { identifier }: RdsPostgresArgs): Problem[] {
  const reason = identifier === undefined ? rdsIdentifierProblem(name) : undefined;
  if (reason === undefined) return [];
  const received = `${JSON.stringify(name)} (the component's name)`;
  return [{ where: "identifier", received, reason, allowed: "1 to 63 small letters, digits and single hyphens, a letter first" }];
}

function versionProblems({ engineVersion, autoMinorVersionUpgrade }: RdsPostgresArgs): Problem[] {
  if (engineVersion === undefined || rdsEngineVersionProblem(engineVersion) !== undefined) return [];
  const { major, minor } = parseRdsEngineVersion(engineVersion);
  if (minor === undefined || autoMinorVersionUpgrade !== true) return [];
  return [
    {
      where: "autoMinorVersionUpgrade",
      received: "true",
      reason: `engineVersion pins the minor ${engineVersion}, and the next upgrade by AWS would leave a declaration that asks for a downgrade`,
      allowed: `false, or engineVersion ${major}`,
    },
  ];
}

function parameterProblems({ parameters }: RdsPostgresArgs): Problem[] {
  const values = parameters?.values ?? [];
  const both = parameters?.groupName !== undefined && parameters.values !== undefined;
  return [
    ...(both
      ? [
          {
            where: "parameters.values",
            reason: "a parameter group that exists is given, which is not changed",
            next: "remove the one or the other",
          },
        ]
      : []),
    ...values.flatMap(({ name }, index): Problem[] => {
      const where = `parameters.values[${index}].name`;
      const received = JSON.stringify(name);
      if (name === "rds.force_ssl")
        return [{ where, received, reason: "this is always 1: connections without TLS are refused", next: "remove it" }];
      const first = values.findIndex((other) => other.name === name);
      return first === index ? [] : [{ where, received, reason: `parameters.values[${first}] sets it too` }];
    }),
  ];
}

function logProblems({ logs }: RdsPostgresArgs): Problem[] {
  const list = logs?.exports ?? [];
  return list.flatMap((log, index): Problem[] =>
    list.indexOf(log) === index
      ? []
      : [{ where: `logs.exports[${index}]`, received: JSON.stringify(log), reason: "this log is listed twice" }],
  );
}
