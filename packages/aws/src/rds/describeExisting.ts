import { rdsInstanceOfArn } from "@pgkeep/core";

/** What there is to say of an instance that is not declared here. */
export function describeExisting(arn: string): string {
  const identifier = rdsInstanceOfArn(arn)?.identifier;
  return [
    `destroy: ${identifier} stays as it is, nothing of it is declared here`,
    // No word and colon, or the engine would take the whole for YAML and show it as such.
    "backups, retention, windows, encryption and protection of it are NOT managed here, nor looked at",
  ].join("\n");
}
