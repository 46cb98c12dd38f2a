/** Who a statement of a resource's own policy is about, as in its JSON: `{ AWS: … }`, `{ Service: … }`, or everybody. */
export type PolicyPrincipal = "*" | { AWS?: string | readonly string[]; Service?: string | readonly string[] };

/** One statement of an IAM policy, as its JSON has it but for the spelling of the keys, and with the reason for each wildcard. */
export interface PolicyStatement {
  sid: string;
  effect?: "Allow" | "Deny";
  principal?: PolicyPrincipal;
  actions: readonly string[];
  /** Left out in a role's trust policy, which is about the role itself. */
  resources?: readonly string[];
  /** By operator, then by key: `{ StringEquals: { "aws:SourceAccount": "123456789012" } }`. */
  conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why an action, a resource or the principal holds a `*`. A statement that holds one without a reason is refused. */
  because?: string;
}

/** A policy as JSON. A wildcard without a reason beside it is our defect, and never gets as far as a preview. */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  const unexplained = wildcards(statements).filter(({ because }) => because === undefined);
  if (unexplained.length > 0) {
    throw new Error(`a wildcard without a reason: ${unexplained.map(({ sid, wildcard }) => `${sid} ${wildcard}`).join(", ")}`);
  }
  return JSON.stringify({ Version: "2012-10-17", Statement: statements.map(rendered) });
}

/** A role's trust policy: which service may act in it, on whose behalf. */
export function serviceTrust(sid: string, service: string, conditions?: PolicyStatement["conditions"]): string {
  return policyDocument([
    { sid, principal: { Service: service }, actions: ["sts:AssumeRole"], ...(conditions === undefined ? {} : { conditions }) },
  ]);
}

export interface Wildcard {
  sid: string;
  wildcard: string;
  because?: string;
}

/** Every wildcard of a policy, with the reason that stands beside it. */
export function wildcards(statements: readonly PolicyStatement[]): Wildcard[] {
  return statements.flatMap(({ sid, principal, actions, resources = [], because }) =>
    [...(principal === "*" ? ["*"] : []), ...actions, ...resources]
      .filter((text) => text.includes("*"))
      .map((wildcard) => ({ sid, wildcard, ...(because === undefined ? {} : { because }) })),
  );
}

function rendered({ sid, effect = "Allow", principal, actions, resources, conditions }: PolicyStatement) {
  return {
    Sid: sid,
    Effect: effect,
    ...(principal === undefined ? {} : { Principal: principal }),
    Action: actions,
    ...(resources === undefined ? {} : { Resource: resources }),
    ...(conditions === undefined ? {} : { Condition: conditions }),
  };
}
