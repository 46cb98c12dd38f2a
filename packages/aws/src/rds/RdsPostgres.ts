import { rdsInstanceOfArn } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { declareInstance } from "./declareInstance.js";
import { describeExisting } from "./describeExisting.js";
import { describeRds, type KnownRds } from "./describeRds.js";
import type { RdsExistingInstanceArgs, RdsPostgresArgs } from "./RdsPostgresArgs.js";
import { RDS_DEFAULTS } from "./rdsDefaults.js";
import { rdsProblems } from "./rdsProblems.js";
import { settleInputs } from "./settleInputs.js";

/**
 * An instance of Amazon RDS for PostgreSQL whose backups are on: 14 days of point-in-time recovery, a final snapshot, backups that outlive the
 * instance, a key of its own that outlives both, TLS enforced, a master password that nobody types, and a refusal to delete any of it.
 *
 * A restore makes a new instance beside its source. It applies at creation only, so that what restored an instance can be removed from the
 * program afterwards without replacing it. Or an instance that exists is given, and nothing is declared.
 */
export class RdsPostgres extends pulumi.ComponentResource {
  /** The instance's name at RDS. */
  public readonly identifier: pulumi.Output<string>;
  /** Its ARN. */
  public readonly arn: pulumi.Output<string>;
  /** Its `DbiResourceId`, `db-…`, which policies for logins by IAM name, and which finds its backups after it is gone. */
  public readonly resourceId: pulumi.Output<string>;
  /** The address to connect to. It stays the same as long as the instance is there. */
  public readonly host: pulumi.Output<string>;
  /** The port to connect to. */
  public readonly port: pulumi.Output<number>;
  /** The database made with the instance. Empty where there is none beyond `postgres`. */
  public readonly databaseName: pulumi.Output<string>;
  /** The master user's name. Empty for an existing instance whose name was not given. */
  public readonly masterUsername: pulumi.Output<string>;
  /** ARN of the secret with the master user's name and password. Empty where the password was given. */
  public readonly masterSecretArn: pulumi.Output<string>;
  /** The security group that whoever connects refers to. */
  public readonly securityGroupId: pulumi.Output<string>;
  /** The subnet group. Empty for an existing instance whose group was not given. */
  public readonly subnetGroupName: pulumi.Output<string>;
  /** The parameter group. Empty for an existing instance whose group was not given. */
  public readonly parameterGroupName: pulumi.Output<string>;
  /** ARN of the key that storage and backups are encrypted with. Empty for an existing instance whose key was not given. */
  public readonly kmsKeyArn: pulumi.Output<string>;
  /** Name that the final snapshot will have. Empty for an existing instance. */
  public readonly finalSnapshotIdentifier: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: RdsPostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    const now = new Date();
    const problems = rdsProblems(name, args, now);
    if (problems.length > 0) throw argumentsError("RdsPostgres", name, problems);
    const settled = settleInputs(name, args, (known) => rdsProblems(name, known, now));
    const identifier = args.identifier ?? name;
    const effectivePolicy = policyOf(identifier, settled);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:RdsPostgres", name, { ...withSecret(args), effectivePolicy }, opts);

    const outputs = settled.existing === undefined ? ownInstance(this, name, identifier, settled) : existingInstance(settled.existing);
    this.identifier = outputs.identifier;
    this.arn = outputs.arn;
    this.resourceId = outputs.resourceId;
    this.host = outputs.host;
    this.port = outputs.port;
    this.databaseName = outputs.databaseName;
    this.masterUsername = outputs.masterUsername;
    this.masterSecretArn = outputs.masterSecretArn;
    this.securityGroupId = outputs.securityGroupId;
    this.subnetGroupName = outputs.subnetGroupName;
    this.parameterGroupName = outputs.parameterGroupName;
    this.kmsKeyArn = outputs.kmsKeyArn;
    this.finalSnapshotIdentifier = outputs.finalSnapshotIdentifier;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({ ...outputs, effectivePolicy });
  }
}

/** What both kinds of instance give. */
interface RdsOutputs {
  identifier: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  resourceId: pulumi.Output<string>;
  host: pulumi.Output<string>;
  port: pulumi.Output<number>;
  databaseName: pulumi.Output<string>;
  masterUsername: pulumi.Output<string>;
  masterSecretArn: pulumi.Output<string>;
  securityGroupId: pulumi.Output<string>;
  subnetGroupName: pulumi.Output<string>;
  parameterGroupName: pulumi.Output<string>;
  kmsKeyArn: pulumi.Output<string>;
  finalSnapshotIdentifier: pulumi.Output<string>;
}

function ownInstance(parent: RdsPostgres, name: string, identifier: string, args: RdsPostgresArgs): RdsOutputs {
  const region = args.region === undefined ? {} : { region: args.region };
  const tags = args.tags === undefined ? {} : { tags: args.tags };
  const { instance, network } = declareInstance({ name, parent, identifier, args, protect: args.protect ?? true, region, tags });
  return {
    identifier: instance.identifier,
    arn: instance.arn,
    resourceId: instance.resourceId,
    host: instance.address,
    port: instance.port,
    databaseName: orEmpty(instance.dbName),
    masterUsername: instance.username,
    // There is none where the password was given, and none yet while RDS is still to take a restored instance's over.
    masterSecretArn: orEmpty(instance.masterUserSecrets.apply((secrets) => secrets?.[0]?.secretArn)),
    securityGroupId: network.securityGroupId,
    subnetGroupName: instance.dbSubnetGroupName,
    parameterGroupName: instance.parameterGroupName,
    kmsKeyArn: instance.kmsKeyId,
    finalSnapshotIdentifier: orEmpty(instance.finalSnapshotIdentifier),
  };
}

function existingInstance(existing: RdsExistingInstanceArgs): RdsOutputs {
  const arn = pulumi.output(existing.arn);
  return {
    identifier: arn.apply((text) => rdsInstanceOfArn(text)?.identifier ?? ""),
    arn,
    resourceId: pulumi.output(existing.resourceId),
    host: pulumi.output(existing.host),
    port: pulumi.output(existing.port ?? RDS_DEFAULTS.port),
    databaseName: orEmpty(existing.databaseName),
    masterUsername: orEmpty(existing.masterUsername),
    masterSecretArn: orEmpty(existing.masterSecretArn),
    securityGroupId: pulumi.output(existing.securityGroupId),
    subnetGroupName: orEmpty(existing.subnetGroupName),
    parameterGroupName: orEmpty(existing.parameterGroupName),
    kmsKeyArn: orEmpty(existing.kmsKeyArn),
    finalSnapshotIdentifier: orEmpty(undefined),
  };
}

/** Empty where there is none, as RDS itself tells it, so that each output can be handed on as it is. */
function orEmpty(text: pulumi.Input<string | undefined>): pulumi.Output<string> {
  return pulumi.output(text).apply((known) => known ?? "");
}

function policyOf(identifier: string, args: RdsPostgresArgs): pulumi.Output<string> {
  const { existing, masterPassword, tags: _, ...described } = args;
  if (existing !== undefined) return pulumi.output(existing.arn).apply(describeExisting);
  return pulumi
    .output(described)
    .apply((known) => describeRds(identifier, { ...known, passwordGiven: masterPassword !== undefined } as KnownRds));
}

/** Inputs of a component land in the state as they are given: a password must be marked before. */
function withSecret(args: RdsPostgresArgs): RdsPostgresArgs {
  return args.masterPassword === undefined ? args : { ...args, masterPassword: pulumi.secret(args.masterPassword) };
}
