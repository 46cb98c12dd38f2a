import type * as pulumi from "@pulumi/pulumi";

/** What the machine of a task computes with. The image must be built for it. */
export enum AgentTaskArchitecture {
  /** 64-bit Intel and AMD. */
  X8664 = "X86_64",
  /** 64-bit ARM (Graviton). */
  Arm64 = "ARM64",
}

/**
 * Where a task of the agent runs, and whom it may reach. It never has a public IP: its subnets need a NAT gateway, or endpoints for whatever it
 * calls (S3, CloudWatch Logs; Secrets Manager or Systems Manager where secrets are; ECR's two where the image is; RDS needs none).
 */
export interface AgentNetworkArgs {
  /** Private subnets, one or more, with a way to AWS's services by NAT or endpoints. Changing them applies to the next run. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The VPC of the subnets, for the task's own security group. Needed unless `securityGroupId` is given. */
  vpcId?: pulumi.Input<string>;
  /** A security group that exists, for the task. Defaults to one of its own, which lets nothing in, and out only to the database and to HTTPS. */
  securityGroupId?: pulumi.Input<string>;
  /** The database's security group: the task may connect to what is in it. Needed unless `databaseCidr` or `securityGroupId` is given. */
  databaseSecurityGroupId?: pulumi.Input<string>;
  /** The database's addresses as an IPv4 range, for one that has no security group. */
  databaseCidr?: pulumi.Input<string>;
  /**
   * Whether a rule in the database's security group lets the task in. Defaults to `false`: whoever owns that group lets it in. Use it only where
   * the group's rules are resources of their own, since a group that lists its rules itself would remove this one with its next deployment.
   */
  allowInDatabaseGroup?: boolean;
  /** IPv4 ranges that the task may call over HTTPS (port 443). Defaults to every address, unless `httpsPrefixListIds` is given: AWS's services have no fixed ones. */
  httpsCidrs?: pulumi.Input<string>[];
  /** Managed prefix lists that the task may call over HTTPS, for example S3's of the Region (`pl-…`). Defaults to none. */
  httpsPrefixListIds?: pulumi.Input<string>[];
}

/** Where a task's log goes. */
export interface AgentLogsArgs {
  /** A log group that exists. Its retention and key are then yours. Defaults to a group of its own. */
  groupArn?: pulumi.Input<string>;
  /** Days that the own group keeps lines: one of CloudWatch's values, 1 to 3653. Defaults to `90`. Fewer days delete older lines. */
  retentionDays?: pulumi.Input<number>;
  /** KMS key of the own group; its policy must let CloudWatch Logs use it. Defaults to AWS's own encryption. A change applies to later lines. */
  kmsKeyArn?: pulumi.Input<string>;
}

/** A task of the agent on ECS Fargate. Whatever is changed here makes another revision of its definition, and applies to the next run. */
export interface AgentTaskArgs {
  /**
   * The agent's image, by digest (`npm run image` prints it): a tag is refused, since it may mean another image tomorrow. One of your own needs `VOLUME /tmp`
   * on a folder that its user may write to, for Fargate's is root's otherwise.
   */
  image: pulumi.Input<string>;
  /** Where it runs. */
  network: AgentNetworkArgs;
  /** CPU units, 1024 being one vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384. Defaults to `1024`. */
  cpu?: pulumi.Input<number>;
  /** Memory in MiB, as Fargate has it for these CPU units. Defaults to `2048`. A backup's need does not grow with the database. */
  memory?: pulumi.Input<number>;
  /** Ephemeral storage in GiB, 21 to 200. Defaults to Fargate's 20. A backup needs none; a physical drill works in it. */
  ephemeralStorage?: pulumi.Input<number>;
  /** What the image is built for. Defaults to `X86_64`. */
  architecture?: pulumi.Input<AgentTaskArchitecture>;
  /** Fargate's platform version. Defaults to `1.4.0`; `LATEST` may change under you. */
  platformVersion?: pulumi.Input<string>;
  /** User and group that the agent runs as, as numbers (`65532:65532`). Defaults to `65532:65532`. Root is refused. */
  user?: pulumi.Input<string>;
  /** Seconds between the request to stop and the kill, 2 to 120. Defaults to `120`. The agent aborts cleanly within them. */
  stopTimeout?: pulumi.Input<number>;
  /** Further variables, by name. They are readable by everybody who may see the task's definition: no secrets. Defaults to none. */
  environment?: Record<string, pulumi.Input<string>>;
  /**
   * Further secrets, by the variable that the agent finds each in: the ARN of a secret in Secrets Manager, with `:JSON-KEY::` behind it for one
   * value of a JSON document, or of a parameter in Systems Manager. ECS reads them at the start of each task. Defaults to none.
   */
  secrets?: Record<string, pulumi.Input<string>>;
  /** KMS keys of customers that these secrets are encrypted with. Defaults to none: AWS's own key for secrets needs no permission. */
  secretKeyArns?: pulumi.Input<pulumi.Input<string>[]>;
  /** Where its log goes. */
  logs?: AgentLogsArgs;
}
