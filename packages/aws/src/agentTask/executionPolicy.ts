import { ecrRepositoryArn, parseArn, parseSecretReference } from "@pgkeep/core";
import type { PolicyStatement } from "../iam/policyDocument.js";

/** What ECS itself must do before a task runs. */
export interface ExecutionNeeds {
  image: string;
  logGroupArn: string;
  /** What the container's secrets are named by. */
  secrets: readonly string[];
  /** KMS keys that they are encrypted with. */
  keyArns: readonly string[];
}

/** The rights of the execution role: to pull this image, to write this log, to read these secrets, and nothing else. The program itself never has them. */
export function executionStatements({ image, logGroupArn, secrets, keyArns }: ExecutionNeeds): PolicyStatement[] {
  return [...pull(image), writeLog(logGroupArn), ...read(secrets), ...decrypt(keyArns)];
}

function pull(image: string): PolicyStatement[] {
  const repository = ecrRepositoryArn(image);
  if (repository === undefined) return [];
  return [
    {
      sid: "EnterRegistry",
      actions: ["ecr:GetAuthorizationToken"],
      resources: ["*"],
      because: "this action is about the whole registry: IAM knows no resource for it",
    },
    {
      sid: "PullImage",
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: [repository],
    },
  ];
}

function writeLog(groupArn: string): PolicyStatement {
  return {
    sid: "WriteLog",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [`${groupArn}:*`],
    because: "each task writes a stream of its own in this group, named after the task",
  };
}

function read(secrets: readonly string[]): PolicyStatement[] {
  const references = secrets.flatMap((text) => parseSecretReference(text) ?? []);
  const arnsOf = (service: string) => [...new Set(references.filter((one) => one.service === service).map(({ arn }) => arn))].sort();
  const [kept, parameters] = [arnsOf("secretsmanager"), arnsOf("ssm")];
  return [
    ...(kept.length === 0 ? [] : [{ sid: "ReadSecrets", actions: ["secretsmanager:GetSecretValue"], resources: kept }]),
    ...(parameters.length === 0 ? [] : [{ sid: "ReadParameters", actions: ["ssm:GetParameters"], resources: parameters }]),
  ];
}

function decrypt(keyArns: readonly string[]): PolicyStatement[] {
  if (keyArns.length === 0) return [];
  const services = [...new Set(keyArns.map((arn) => parseArn(arn)?.region ?? ""))]
    .sort()
    .flatMap((region) => [`secretsmanager.${region}.amazonaws.com`, `ssm.${region}.amazonaws.com`]);
  return [
    {
      sid: "DecryptSecrets",
      actions: ["kms:Decrypt"],
      resources: [...new Set(keyArns)].sort(),
      conditions: { StringEquals: { "kms:ViaService": services } },
    },
  ];
}
