import { isPrometheusDuration, judgedText, leaf, nonEmptyText, parseDuration, periodSchema, requiredLeaf } from "@pgkeep/core";
import { z } from "zod";
import { agentPodShape, texts } from "../agentPod/agentPodSchema.js";

const { tls: _tls, sidecars: _sidecars, restartPolicy: _restartPolicy, network, ...podShape } = agentPodShape;
const podsSchema = network.unwrap().shape.storePods;

/** A duration as the agent and Prometheus both read it. */
function between(least: string, most: string, reason: string) {
  return judgedText(
    (text) => {
      if (!/^\d{1,6}(s|m|h)$/.test(text)) return "this is not a duration: write a whole number and a unit (s, m, h)";
      const given = parseDuration(text);
      return given < parseDuration(least) || given > parseDuration(most) ? reason : undefined;
    },
    { allowed: `${least} to ${most}` },
  );
}

const prometheusDuration = judgedText((text) => (isPrometheusDuration(text) ? undefined : "Prometheus reads no such duration"), {
  allowed: "for example 15m or 1h30m",
});
const address = judgedText(
  (text) => (/^https?:\/\/[^\s/]+/.test(text) ? undefined : "this is no address that somebody could open at night"),
  {
    allowed: "https://HOST/PATH; {alert} in it is the alert's name",
  },
);
const listenAddress = judgedText(
  (text) => (/^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)$/.test(text) ? undefined : "nothing can listen at such an address"),
  { allowed: "0.0.0.0, or [::] with its brackets" },
);

/** What the arguments must be, each by itself. What they must be together is in `backupMonitoringProblems`. */
export const backupMonitoringSchema = z.strictObject({
  ...podShape,
  exporterName: z.string().optional(),
  configuration: requiredLeaf(nonEmptyText),
  rpo: leaf(periodSchema("26h")),
  provenWithin: leaf(periodSchema("35d")),
  refresh: leaf(between("30s", "1h", "this is too short for the store, or too long for the alert on metrics that are old")),
  listenAddress: leaf(listenAddress),
  network: network
    .unwrap()
    .omit({ databasePods: true, databaseCidr: true, databasePort: true, allowInDatabase: true })
    .extend({ prometheusPods: podsSchema })
    .optional(),
  serviceMonitor: z.boolean().optional(),
  prometheusRule: z.boolean().optional(),
  prometheusLabels: texts,
  scrapeInterval: leaf(between("10s", "2m", "an answer takes up to 8 seconds, and what is scraped less often has gaps")),
  alerts: z
    .record(z.string(), z.strictObject({ enabled: leaf(z.boolean()), severity: leaf(nonEmptyText), for: leaf(prometheusDuration) }))
    .optional(),
  alertLabels: texts,
  runbookUrl: leaf(address),
  dashboard: z.strictObject({ labels: texts, annotations: texts, namespace: podShape.namespace.optional() }).optional(),
});
