import {
  activeDeadline,
  argumentProblems,
  CRON_JOB_NAME_FORM,
  cronJobNameProblem,
  cronJobTimes,
  isDeferred,
  isSecretVariable,
  leastDumpMemory,
  leastDumpMemoryText,
  PINNED_IMAGE_FORM,
  type Problem,
  parseQuantity,
  pinnedImageProblem,
  SslMode,
  startingDeadlineProblem,
} from "@pgkeep/core";
import type { DumpCronJobArgs } from "./DumpCronJobArgs.js";
import { configurationProblems, configurationTree, knownConfiguration } from "./dumpCronJobConfiguration.js";
import { AGENT_CONTAINER, DUMP_CRON_JOB_DEFAULTS, OWN_VARIABLES } from "./dumpCronJobDefaults.js";
import { dumpCronJobSchema } from "./dumpCronJobSchema.js";

/** Everything that is wrong with the arguments, as far as they are known before the deployment. */
export function dumpCronJobProblems(name: string, args: DumpCronJobArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(dumpCronJobSchema, args);
  if (!wellFormed) return problems;
  const told = new Set(problems.map(({ where }) => where));
  const further = [
    ...nameProblems(name, args),
    ...imageProblems(args),
    ...variableProblems(args),
    ...signInProblems(args),
    ...tlsProblems(args),
    ...scheduleProblems(args),
    ...knownMemoryProblems(args),
    ...networkProblems(args),
    ...accountProblems(args),
    ...sidecarProblems(args),
    ...configurationProblems(knownConfiguration(configurationTree(args))),
  ];
  // What is wrong by itself need not be told again by whoever else looks at it.
  return [
    ...problems,
    ...further.filter(({ where }, index) => !told.has(where) && further.findIndex((one) => one.where === where) === index),
  ];
}

function nameProblems(name: string, { cronJobName }: DumpCronJobArgs): Problem[] {
  const reason = cronJobNameProblem(cronJobName ?? name);
  if (reason === undefined) return [];
  return [
    {
      where: "cronJobName",
      received: JSON.stringify(cronJobName ?? name),
      allowed: CRON_JOB_NAME_FORM,
      reason,
      ...(cronJobName === undefined ? { next: "give another cronJobName: it defaults to the component's own name" } : {}),
    },
  ];
}

/** What is wrong with an image, unless tags are allowed. */
export function imageProblem(where: string, image: string, allowImageTag: boolean | undefined): Problem[] {
  const reason = allowImageTag === true ? undefined : pinnedImageProblem(image);
  if (reason === undefined) return [];
  return [
    {
      where,
      received: JSON.stringify(image),
      allowed: PINNED_IMAGE_FORM,
      reason,
      next: "name the digest; for a trial allowImageTag: true",
    },
  ];
}

function imageProblems({ image, allowImageTag, sidecars = [] }: DumpCronJobArgs): Problem[] {
  const images: [string, unknown][] = [
    ["image", image],
    ...sidecars.map((one, i): [string, unknown] => [`sidecars[${i}].image`, one.image]),
  ];
  return images.flatMap(([where, value]) => (isDeferred(value) ? [] : imageProblem(where, value as string, allowImageTag)));
}

function variableProblems({ environment = {}, secrets = {} }: DumpCronJobArgs): Problem[] {
  const problems: Problem[] = [];
  for (const [group, names] of [
    ["environment", Object.keys(environment)],
    ["secrets", Object.keys(secrets)],
  ] as const) {
    for (const variable of names) {
      const where = `${group}.${variable}`;
      // https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables; narrower, as shells have it.
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
        problems.push({ where, reason: "no variable can be called so", allowed: "letters, digits and underscores" });
      else if (OWN_VARIABLES.includes(variable)) {
        problems.push({ where, reason: "the component sets this variable itself", next: "say it by the component's own arguments" });
      } else if (group === "environment" && isSecretVariable(variable)) {
        problems.push({
          where,
          received: "(not shown: it is a secret)",
          reason: "everybody who may read the CronJob reads its variables",
          next: `put it into a Secret and name that in secrets.${variable}`,
        });
      } else if (group === "secrets" && environment[variable] !== undefined) {
        problems.push({ where, reason: "this variable stands in `environment` as well", next: "remove one of the two" });
      }
    }
  }
  return problems;
}

function signInProblems({ server, sidecars = [], tls = {} }: DumpCronJobArgs): Problem[] {
  const { passwordSecret, iamAuthentication = false, awsRegion } = server;
  if (iamAuthentication && passwordSecret !== undefined) {
    const reason = "a password and IAM are two ways to sign in, and RDS takes one of them from a role";
    return [{ where: "server.passwordSecret", reason, next: "remove one of the two" }];
  }
  if (awsRegion !== undefined && !iamAuthentication) {
    return [{ where: "server.awsRegion", reason: "only iamAuthentication needs it", next: "remove it, or set iamAuthentication: true" }];
  }
  // A proxy may sign in by itself, and without TLS the server may trust addresses.
  if (iamAuthentication || passwordSecret !== undefined || sidecars.length > 0 || tls.mode === SslMode.Disable) return [];
  return [
    {
      where: "server.passwordSecret",
      reason: "this is missing: nothing says how the agent signs in",
      next: "name the Secret and its key with the password, or set iamAuthentication: true",
    },
  ];
}

function tlsProblems({ tls = {} }: DumpCronJobArgs): Problem[] {
  const given = (["caSecret", "caConfigMap", "authorities"] as const).filter((one) => tls[one] !== undefined);
  const problems = given.slice(1).map((one): Problem => {
    return { where: `tls.${one}`, reason: `the authorities are given by tls.${given[0]} already`, next: "remove one of the two" };
  });
  const [first] = given;
  if (first !== undefined && tls.mode === SslMode.Disable) {
    const reason = "without encryption nobody's certificate is looked at";
    problems.push({ where: `tls.${first}`, reason, next: "remove it, or tls.mode" });
  }
  return problems;
}

function scheduleProblems(args: DumpCronJobArgs): Problem[] {
  const { schedule, timeZone = DUMP_CRON_JOB_DEFAULTS.timeZone, deadline, startingDeadlineSeconds } = args;
  if (isDeferred(schedule)) return [];
  const zone = isDeferred(timeZone) ? DUMP_CRON_JOB_DEFAULTS.timeZone : (timeZone as string);
  const { times, problems } = cronJobTimes("schedule", schedule as string, zone);
  if (times === undefined) return problems;
  const late =
    startingDeadlineSeconds === undefined || isDeferred(startingDeadlineSeconds)
      ? undefined
      : startingDeadlineProblem("startingDeadlineSeconds", startingDeadlineSeconds as number, times);
  return [
    ...problems,
    ...(deadline === undefined || isDeferred(deadline) ? [] : activeDeadline("deadline", deadline as string, times).problems),
    ...(late === undefined ? [] : [late]),
  ];
}

/** What is wrong with the memory beside what the agent needs, and with requests beside limits. Amounts that are no quantities are told elsewhere. */
export function resourceProblems(given: {
  parallel: number;
  memoryLimit: string;
  memoryRequest: string;
  storageLimit: string;
  storageRequest: string;
}) {
  const [limit, request, storageLimit, storageRequest] = [
    given.memoryLimit,
    given.memoryRequest,
    given.storageLimit,
    given.storageRequest,
  ].map((text) => parseQuantity(text) ?? Number.NaN) as [number, number, number, number];
  const problems: Problem[] = [];
  if (limit < leastDumpMemory(given.parallel)) {
    problems.push({
      where: "resources.memoryLimit",
      received: given.memoryLimit,
      allowed: `${leastDumpMemoryText(given.parallel)} or more`,
      reason: `a backup of ${given.parallel === 1 ? "one database" : `${given.parallel} databases at the same time`} would be killed in its midst (exit code 137), and each try again after it`,
      next: given.parallel > 1 ? "give it more, or lower dump.parallel" : "give it more",
    });
  }
  const above = (where: string, received: string, allowed: string) =>
    problems.push({ where, received, allowed: `at most ${allowed}, the limit`, reason: "Kubernetes takes no request above the limit" });
  if (request > limit) above("resources.memoryRequest", given.memoryRequest, given.memoryLimit);
  if (storageRequest > storageLimit) above("resources.ephemeralStorageRequest", given.storageRequest, given.storageLimit);
  return problems;
}

function knownMemoryProblems({ resources = {}, dump = {} }: DumpCronJobArgs): Problem[] {
  const values = [dump.parallel, ...Object.values(resources)];
  if (values.some(isDeferred)) return [];
  const { memoryLimit, memoryRequest, ephemeralStorageLimit, ephemeralStorageRequest } = resources as Record<string, string | undefined>;
  const limit = memoryLimit ?? DUMP_CRON_JOB_DEFAULTS.memoryLimit;
  return resourceProblems({
    parallel: (dump.parallel as number | undefined) ?? DUMP_CRON_JOB_DEFAULTS.parallel,
    memoryLimit: limit,
    memoryRequest: memoryRequest ?? limit,
    storageLimit: ephemeralStorageLimit ?? DUMP_CRON_JOB_DEFAULTS.ephemeralStorageLimit,
    storageRequest: ephemeralStorageRequest ?? DUMP_CRON_JOB_DEFAULTS.ephemeralStorageRequest,
  });
}

function networkProblems({ network = {} }: DumpCronJobArgs): Problem[] {
  const problems: Problem[] = [];
  const { policies = true, databasePods, databaseCidr, storePods, storeCidrs, allowInDatabase = false } = network;
  const two = "the Pods are named already, and an address of a Pod is none of theirs for long";
  if (databasePods !== undefined && databaseCidr !== undefined) {
    problems.push({ where: "network.databaseCidr", reason: two, next: "remove it, or network.databasePods" });
  }
  if (storePods !== undefined && storeCidrs !== undefined) {
    problems.push({ where: "network.storeCidrs", reason: two, next: "remove it, or network.storePods" });
  }
  if (allowInDatabase && databasePods === undefined) {
    const reason = "nothing says which Pods are the database's";
    problems.push({ where: "network.allowInDatabase", reason, next: "name them in network.databasePods" });
  }
  const others = Object.entries(network).filter(([name, value]) => name !== "policies" && value !== undefined && value !== false);
  if (!policies) {
    for (const [name] of others) {
      problems.push({
        where: `network.${name}`,
        reason: "network.policies is false, so this would do nothing",
        next: "remove one of the two",
      });
    }
  }
  return problems;
}

function accountProblems({ serviceAccountName, serviceAccountAnnotations }: DumpCronJobArgs): Problem[] {
  if (serviceAccountName === undefined || serviceAccountAnnotations === undefined) return [];
  const reason = "the ServiceAccount is given, and belongs to somebody else";
  return [{ where: "serviceAccountAnnotations", reason, next: "annotate it where it is declared, or remove serviceAccountName" }];
}

function sidecarProblems({ sidecars = [] }: DumpCronJobArgs): Problem[] {
  const names = [AGENT_CONTAINER, ...sidecars.map(({ name }) => name)];
  return sidecars.flatMap(({ name }, index): Problem[] =>
    names.indexOf(name) < index + 1
      ? [{ where: `sidecars[${index}].name`, received: JSON.stringify(name), reason: "another container of the Pod has this name" }]
      : [],
  );
}
