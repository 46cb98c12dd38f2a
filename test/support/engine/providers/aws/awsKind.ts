import type { Existing, PropertyRule, ResourceKind } from "../ResourceKind.js";
import { recordedKind } from "../recordedKind.js";
import type { PlainProperties } from "../wireValues.js";

/** A property of which a change is made in place. */
export const changeable: PropertyRule = { onChange: "update" };
/** A property of which a change makes another resource (`ForceNew`, `RequiresReplace`). */
export const replacing: PropertyRule = { onChange: "replace" };
/** Chosen by AWS where the program says nothing (`Optional` and `Computed`). */
export const chosen: PropertyRule = { onChange: "update", computed: true };
/** Only told by AWS. */
export const told: PropertyRule = { onChange: "update", output: true };

export const ACCOUNT = "123456789012";
const DEFAULT_REGION = "eu-central-1";
const UPSTREAM = "https://github.com/hashicorp/terraform-provider-aws/blob/v6.30.0";

export interface AwsKind {
  /** `aws:kms/key:Key` */
  type: string;
  /** The file that the rules were read in, in the repository of the Terraform provider that the official one bridges: `internal/service/kms/key.go`. */
  source: string;
  /** Without those that every resource has: region, tags, tagsAll, arn. */
  properties: Readonly<Record<string, PropertyRule>>;
  /** Not of a Region, as IAM's. */
  global?: true;
  /** It takes no tags, or has no ARN of its own. */
  untagged?: true;
  /** What AWS would choose or tell: plausible, and the same for the same resource. */
  computed(planned: PlainProperties, place: { name: string; region: string }): Existing;
}

/** STAND-IN for one resource type of @pulumi/aws: recorded, no account has it. */
export function awsKind({ type, source, properties, global, untagged, computed }: AwsKind): ResourceKind<undefined> {
  return recordedKind({
    type,
    source: `${UPSTREAM}/${source}`,
    properties: {
      // Of every resource since 6.0 of the source: another Region is another resource.
      ...(global ? {} : { region: { onChange: "replace", computed: true } as const }),
      ...(untagged ? {} : { tags: changeable, tagsAll: chosen, arn: told }),
      ...properties,
    },
    computed: (planned, name) => {
      const region = typeof planned.region === "string" ? planned.region : DEFAULT_REGION;
      const { id, outputs } = computed(planned, { name, region });
      return { id, outputs: { ...(global ? {} : { region }), ...(untagged ? {} : { tagsAll: planned.tags ?? {} }), ...outputs } };
    },
  });
}

/** A text among the planned properties, else another. */
export function textOf(value: unknown, otherwise: string): string {
  return typeof value === "string" && value !== "" ? value : otherwise;
}

/** The name given, or one from its prefix as `create.Name` of the source makes it, but the same in every run. */
export function nameOf({ name, namePrefix }: PlainProperties): string {
  return textOf(name, `${textOf(namePrefix, "terraform-")}20260101000000000000000001`);
}
