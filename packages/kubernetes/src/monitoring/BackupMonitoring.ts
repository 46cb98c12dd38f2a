import { alertRuleFile } from "@pgkeep/core";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createAgentAccess } from "../agentPod/createAgentAccess.js";
import { argumentsError } from "../argumentsError.js";
import type { BackupMonitoringArgs } from "./BackupMonitoringArgs.js";
import { exporterLabels, METRICS_PORT, METRICS_PORT_NAME } from "./backupMonitoringDefaults.js";
import { backupMonitoringPolicy } from "./backupMonitoringPolicy.js";
import { backupMonitoringProblems } from "./backupMonitoringProblems.js";
import { createPrometheusObjects } from "./createPrometheusObjects.js";
import { exporterNetwork, exporterPodSpec } from "./exporterPod.js";
import { settleBackupMonitoring } from "./settleBackupMonitoring.js";

/**
 * Tells how old the newest good and the newest proven recovery point are, and alerts when they are too old: an exporter that reads the store with a
 * reader's rights, a ServiceMonitor, alert rules and a dashboard. What is alerted on is age, and the absence of any word on it, never the status of
 * a Job: a Job that is not started fails nowhere.
 */
export class BackupMonitoring extends pulumi.ComponentResource {
  /** Name of the exporter's Deployment. */
  public readonly deploymentName: pulumi.Output<string>;
  /** Name of its Service, which is the label `job` of what is scraped by the ServiceMonitor. */
  public readonly serviceName: pulumi.Output<string>;
  /** Its namespace. */
  public readonly namespace: pulumi.Output<string>;
  /** Where it answers in the cluster, for example `http://shop-backups.shop.svc:9187/metrics`. */
  public readonly metricsUrl: pulumi.Output<string>;
  /** Name of the ServiceAccount that its Pod has. */
  public readonly serviceAccountName: pulumi.Output<string>;
  /** `system:serviceaccount:NAMESPACE:NAME`, for the condition on `sub` in the trust policy of a role for IRSA. */
  public readonly serviceAccountSubject: pulumi.Output<string>;
  /** Labels of its Pod, for policies of others that let it in. */
  public readonly podLabels: pulumi.Output<Record<string, string>>;
  /** The alert rules as a rule file of Prometheus, in JSON, which is YAML too. */
  public readonly alertRules: pulumi.Output<string>;
  /** The dashboard for Grafana as JSON. */
  public readonly dashboardJson: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: BackupMonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = backupMonitoringProblems(name, args);
    if (problems.length > 0) throw argumentsError("BackupMonitoring", name, problems);
    const settled = settleBackupMonitoring(name, args);
    const effectivePolicy = backupMonitoringPolicy(args, settled);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:BackupMonitoring", name, { ...args, effectivePolicy }, opts);

    const { namespace, labels: given = {} } = args;
    const own = exporterLabels(settled.name);
    const labels = pulumi.output(given).apply((others) => ({ ...others, ...own }));
    const metadata = { name: settled.name, namespace, labels };
    const access = createAgentAccess(this, name, metadata, args, exporterNetwork(args, settled));
    const account = access.serviceAccountName;
    const deployment = new kubernetes.apps.v1.Deployment(
      `${name}-exporter`,
      {
        metadata,
        spec: {
          replicas: 1,
          // Two at the same time would tell two ages, and alerts of both.
          strategy: { type: "Recreate" },
          revisionHistoryLimit: 3,
          selector: { matchLabels: own },
          template: {
            metadata: { labels, ...(args.podAnnotations === undefined ? {} : { annotations: args.podAnnotations }) },
            spec: exporterPodSpec(args, settled, account),
          },
        },
      },
      { parent: this, dependsOn: access.policies },
    );
    const port = { name: METRICS_PORT_NAME, port: METRICS_PORT, targetPort: METRICS_PORT_NAME, protocol: "TCP" };
    const service = new kubernetes.core.v1.Service(
      `${name}-service`,
      { metadata, spec: { type: "ClusterIP", selector: own, ports: [port] } },
      { parent: this },
    );
    createPrometheusObjects(this, name, metadata, args, settled);

    this.deploymentName = deployment.metadata.name;
    this.serviceName = service.metadata.name;
    this.namespace = pulumi.output(namespace);
    this.metricsUrl = pulumi.interpolate`http://${service.metadata.name}.${namespace}.svc:${METRICS_PORT}/metrics`;
    this.serviceAccountName = pulumi.output(account);
    this.serviceAccountSubject = pulumi.interpolate`system:serviceaccount:${namespace}:${account}`;
    this.podLabels = pulumi.output(own);
    this.alertRules = settled.rules.apply((rules) => JSON.stringify(alertRuleFile(rules)));
    this.dashboardJson = settled.dashboardJson;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      deploymentName: this.deploymentName,
      serviceName: this.serviceName,
      namespace: this.namespace,
      metricsUrl: this.metricsUrl,
      serviceAccountName: this.serviceAccountName,
      serviceAccountSubject: this.serviceAccountSubject,
      podLabels: this.podLabels,
      alertRules: this.alertRules,
      dashboardJson: this.dashboardJson,
      effectivePolicy,
    });
  }
}
