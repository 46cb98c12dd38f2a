import { ExitCode, type RetentionPlan } from "@pgkeep/core";

/** What retention ends with: where it stopped nothing is wrong with the command, but somebody has to look. */
export function retentionExit({ stopped }: Pick<RetentionPlan, "stopped">): ExitCode {
  return stopped === null ? ExitCode.Done : ExitCode.Suspicious;
}
