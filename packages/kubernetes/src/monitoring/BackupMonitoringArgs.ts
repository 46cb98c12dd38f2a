import type * as pulumi from "@pulumi/pulumi";
import type {
  KubernetesAgentArgs,
  KubernetesEgressArgs,
  KubernetesPodsArgs,
  KubernetesSecretKeyArgs,
} from "../agentPod/KubernetesPodArgs.js";

/** Who scrapes the exporter, and what it may reach, by NetworkPolicy. It holds where the cluster's network enforces such policies. */
export interface MonitoringNetworkArgs {
  /** Whether there is a policy at all. Defaults to `true`. */
  policies?: boolean;
  /** The Pods of Prometheus. Defaults to every Pod of the cluster, and `effectivePolicy` says so: metrics name databases and count their rows. */
  prometheusPods?: KubernetesPodsArgs;
  /** The store's Pods, where it runs in the cluster. Defaults to any address, on the store's port alone. */
  storePods?: KubernetesPodsArgs;
  /** The store's addresses. */
  storeCidrs?: pulumi.Input<pulumi.Input<string>[]>;
  /** The store's port as its Pod has it. Defaults to that of the endpoint in `configuration`, else to `443`. */
  storePort?: pulumi.Input<number>;
  /** Ports of DNS, by UDP and TCP, at any address. Defaults to `53`; on OpenShift the Pods of DNS have `5353`. */
  dnsPorts?: pulumi.Input<pulumi.Input<number>[]>;
  /** Whether the agent of EKS Pod Identity on each node may be reached (169.254.170.23 and fd00:ec2::23, port 80). Defaults to `false`. */
  podIdentity?: boolean;
  /** What else may be reached, for example where workload identity gets its tokens. Defaults to nothing. */
  otherEgress?: KubernetesEgressArgs[];
}

/** What the exporter asks of its node. Quantities are written as Kubernetes has them: `256Mi`. */
export interface MonitoringResourcesArgs {
  /** Memory that ends the container when it is passed, at least `128Mi`. Defaults to `256Mi`. */
  memoryLimit?: pulumi.Input<string>;
  /** Memory that the node keeps for it. Defaults to `128Mi`, or `memoryLimit` where that is given. */
  memoryRequest?: pulumi.Input<string>;
  /** CPU that the node keeps for it, for example `50m`. Defaults to `10m`: it does nothing between two readings of the store. */
  cpuRequest?: pulumi.Input<string>;
  /** Space for its log and `/tmp`, past which it is evicted. Defaults to `64Mi`. */
  ephemeralStorageLimit?: pulumi.Input<string>;
  /** Space that the node keeps for it. Defaults to `16Mi`. */
  ephemeralStorageRequest?: pulumi.Input<string>;
}

/** What of an alert is wanted otherwise. */
export interface BackupAlertArgs {
  /** Whether there is this rule. Defaults to `true`. */
  enabled?: pulumi.Input<boolean>;
  /** The label `severity` of the alert, by which most route alerts. Defaults to `critical` or `warning`, as `effectivePolicy` tells. */
  severity?: pulumi.Input<string>;
  /** How long it has to hold before the alert fires, as Prometheus writes durations: `15m`. Defaults to what `effectivePolicy` tells. */
  for?: pulumi.Input<string>;
}

/** A ConfigMap with the dashboard, which the sidecar of Grafana's chart finds by a label. */
export interface MonitoringDashboardArgs {
  /** Labels by which the sidecar looks for dashboards. Defaults to `grafana_dashboard: "1"`. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Annotations, for example `grafana_folder: Backups`, where the sidecar reads folders from them. Defaults to none. */
  annotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Namespace of the ConfigMap, where the sidecar looks into its own alone. Defaults to `namespace`. Another replaces it. */
  namespace?: pulumi.Input<string>;
}

/** Arguments of `BackupMonitoring`. */
export interface BackupMonitoringArgs extends KubernetesAgentArgs {
  /** Namespace of the exporter and all that belongs to it. It must exist; with Pod Security `restricted` is well. Another replaces it all; recovery points stay. */
  namespace: pulumi.Input<string>;
  /** Name of the exporter and of what belongs to it, at most 63 characters. Defaults to the component's own name. Another replaces it all; recovery points stay. */
  exporterName?: string;
  /**
   * Whose recovery points are watched, and where they are: output `agentConfiguration` of the component that backs up, or the text of a `pgkeep.yaml`. What it
   * says of the server is left out: no database is reached.
   */
  configuration: pulumi.Input<string>;
  /** How old the newest good recovery point may be, `1h` to `3650d`. Defaults to `objectives.rpo` of the configuration, else to `26h`. A change removes nothing. */
  rpo?: pulumi.Input<string>;
  /** How long ago a drill may have passed last, `1h` to `3650d`. Defaults to `objectives.provenWithin` of the configuration, else to `35d`. A change removes nothing. */
  provenWithin?: pulumi.Input<string>;
  /** How long an answer is given again before the store is asked once more, `30s` to `1h`: every reading costs requests. Defaults to `5m`. */
  refresh?: pulumi.Input<string>;
  /** Address that the exporter listens on. Defaults to `0.0.0.0`; `[::]` where Pods have IPv6 addresses alone. */
  listenAddress?: pulumi.Input<string>;
  /** The agent's image by digest, as `npm run image` prints it. A change restarts the exporter. */
  image: pulumi.Input<string>;
  /** Variables of the agent that are read from Secrets, for example `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` of a credential that may only read. Defaults to none. */
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  /** Further variables of the agent. Secrets are refused here: everybody who may read the Deployment reads them. Defaults to none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Annotations of the ServiceAccount, for example `eks.amazonaws.com/role-arn` of a role that may only read. Defaults to none. */
  serviceAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Name of a ServiceAccount that exists. Defaults to one of its own, which may do nothing in Kubernetes. */
  serviceAccountName?: pulumi.Input<string>;
  /** Who scrapes it, and what it may reach. */
  network?: MonitoringNetworkArgs;
  /** Whether there is a ServiceMonitor for the Prometheus operator. Defaults to `true`; `false` where the operator is not there: then somebody else scrapes the Service, and rules are of the cluster's name alone. */
  serviceMonitor?: boolean;
  /** Whether there is a PrometheusRule for the Prometheus operator. Defaults to `true`; `false` where it is not there: then output `alertRules` is for a rule file. */
  prometheusRule?: boolean;
  /** Labels of ServiceMonitor and PrometheusRule by which a Prometheus selects them, for example `release: kube-prometheus-stack`. Defaults to none, with which kube-prometheus-stack finds neither. */
  prometheusLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** How often Prometheus scrapes, `10s` to `2m`: past that, its graphs and rules would see gaps. Defaults to `1m`. */
  scrapeInterval?: pulumi.Input<string>;
  /** What is wanted otherwise of alerts, by their names, for example `PgkeepNotProven`. Defaults to nothing. */
  alerts?: Record<string, BackupAlertArgs>;
  /** Further labels of every alert, for example `team: shop`. Defaults to none. */
  alertLabels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Address for the annotation `runbook_url` of every alert; `{alert}` in it is the alert's name. Defaults to none. */
  runbookUrl?: pulumi.Input<string>;
  /** The dashboard as a ConfigMap. Defaults to none: output `dashboardJson` is for an import by hand. */
  dashboard?: MonitoringDashboardArgs;
  /** What its Pod asks of its node. */
  resources?: MonitoringResourcesArgs;
  /** Annotations of its Pod, for example those by which a Prometheus without the operator finds it. Defaults to none. */
  podAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
