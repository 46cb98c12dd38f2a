import { runSimulation } from "@cloud-copilot/iam-simulate";

/** A request as an evaluator of IAM policies sees it. */
export interface PolicedRequest {
  action: string;
  resource: string;
  /** By condition key. TLS is taken for granted unless said. */
  context?: Record<string, string | string[]>;
}

export interface PolicedBy {
  /** Of the principal. */
  identity: string;
  /** Of the bucket. */
  resource?: string;
}

const ACCOUNT = "123456789012";
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/tested`;

/**
 * What IAM would answer, as `@cloud-copilot/iam-simulate` evaluates policies: no AWS is asked. It knows which context keys a service gives for an
 * action, and refuses policies that IAM would refuse.
 */
export async function isAllowed({ action, resource, context = {} }: PolicedRequest, policies: PolicedBy): Promise<boolean> {
  const answer = await runSimulation(
    {
      request: {
        principal: PRINCIPAL,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: { "aws:SecureTransport": "true", ...context },
      },
      identityPolicies: [{ name: "identity", policy: JSON.parse(policies.identity) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(policies.resource === undefined ? {} : { resourcePolicy: JSON.parse(policies.resource) }),
    },
    {},
  );
  if (answer.resultType !== "single") throw new Error(`${action} on ${resource}: ${JSON.stringify(answer)}`);
  // It passes over a key that it does not know for an action, and the answer would be about another request.
  const { ignoredContextKeys = [] } = answer.result;
  if (ignoredContextKeys.length > 0) throw new Error(`${action}: the evaluator knows no ${ignoredContextKeys.join(", ")}`);
  return answer.overallResult === "Allowed";
}
