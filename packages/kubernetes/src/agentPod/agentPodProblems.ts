import { isDeferred, isSecretVariable, PINNED_IMAGE_FORM, type Problem, pinnedImageProblem, SslMode } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesDumpNetworkArgs, KubernetesDumpTlsArgs } from "../dumpCronJob/DumpCronJobArgs.js";
import { AGENT_CONTAINER, OWN_VARIABLES } from "./agentPodDefaults.js";
import type { KubernetesSecretKeyArgs, KubernetesSidecarArgs } from "./KubernetesPodArgs.js";

/** What of a component's arguments is judged here, what each of them must be together with others. */
export interface JudgedPodArgs {
  image: pulumi.Input<string>;
  allowImageTag?: boolean;
  sidecars?: KubernetesSidecarArgs[];
  environment?: Record<string, pulumi.Input<string>>;
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  tls?: KubernetesDumpTlsArgs;
  network?: KubernetesDumpNetworkArgs;
  serviceAccountName?: pulumi.Input<string>;
  serviceAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What is wrong with what the arguments say of the agent's Pods, of what all components with such Pods have. */
export function agentPodProblems(args: JudgedPodArgs): Problem[] {
  return [
    ...imageProblems(args),
    ...variableProblems(args),
    ...tlsProblems(args),
    ...networkProblems(args),
    ...accountProblems(args),
    ...sidecarProblems(args),
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

function imageProblems({ image, allowImageTag, sidecars = [] }: JudgedPodArgs): Problem[] {
  const images: [string, unknown][] = [
    ["image", image],
    ...sidecars.map((one, i): [string, unknown] => [`sidecars[${i}].image`, one.image]),
  ];
  return images.flatMap(([where, value]) => (isDeferred(value) ? [] : imageProblem(where, value as string, allowImageTag)));
}

function variableProblems({ environment = {}, secrets = {} }: JudgedPodArgs): Problem[] {
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
          reason: "everybody who may read the Pod reads its variables",
          next: `put it into a Secret and name that in secrets.${variable}`,
        });
      } else if (group === "secrets" && environment[variable] !== undefined) {
        problems.push({ where, reason: "this variable stands in `environment` as well", next: "remove one of the two" });
      }
    }
  }
  return problems;
}

function tlsProblems({ tls = {} }: JudgedPodArgs): Problem[] {
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

function networkProblems({ network = {} }: JudgedPodArgs): Problem[] {
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

function accountProblems({ serviceAccountName, serviceAccountAnnotations }: JudgedPodArgs): Problem[] {
  if (serviceAccountName === undefined || serviceAccountAnnotations === undefined) return [];
  const reason = "the ServiceAccount is given, and belongs to somebody else";
  return [{ where: "serviceAccountAnnotations", reason, next: "annotate it where it is declared, or remove serviceAccountName" }];
}

function sidecarProblems({ sidecars = [] }: JudgedPodArgs): Problem[] {
  const names = [AGENT_CONTAINER, ...sidecars.map(({ name }) => name)];
  return sidecars.flatMap(({ name }, index): Problem[] =>
    names.indexOf(name) < index + 1
      ? [{ where: `sidecars[${index}].name`, received: JSON.stringify(name), reason: "another container of the Pod has this name" }]
      : [],
  );
}
