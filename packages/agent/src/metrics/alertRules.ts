import { alertRuleFile, backupAlertRules } from "@pgkeep/core";
import { stringify } from "yaml";

/** Alert rules for Prometheus, as YAML: those of every cluster that is told of. */
export function alertRules(): string {
  return stringify(alertRuleFile(backupAlertRules()), { lineWidth: 0 });
}
