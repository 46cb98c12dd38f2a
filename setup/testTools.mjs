import { age } from "./age.mjs";
import { azurite } from "./azurite.mjs";
import { baseImage } from "./baseImage.mjs";
import { chromium } from "./chromium.mjs";
import { customResources } from "./customResources.mjs";
import { docker } from "./docker.mjs";
import { etcd } from "./etcd.mjs";
import { fakeGcsServer } from "./fakeGcsServer.mjs";
import { grafanaCheck } from "./grafanaCheck.mjs";
import { kubeApiserver } from "./kubeApiserver.mjs";
import { kubernetesNode } from "./kubernetesNode.mjs";
import { moto } from "./moto.mjs";
import { pgbouncer } from "./pgbouncer.mjs";
import { postgresFor } from "./postgresql.mjs";
import { promtool } from "./promtool.mjs";
import { pulumiForTests } from "./pulumi.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { systemProgram } from "./systemProgram.mjs";
import { versitygw } from "./versitygw.mjs";

/** What the tests run against, and what is not tested where it cannot be had. */
const tools = [
  { name: "PostgreSQL 15", get: () => postgresFor(15) },
  { name: "PostgreSQL 16", get: () => postgresFor(16) },
  { name: "PostgreSQL 18", get: () => postgresFor(18) },
  { name: "S3 (versitygw)", get: versitygw },
  { name: "S3 (moto)", get: moto },
  { name: "Google Cloud Storage (fake-gcs-server)", get: fakeGcsServer },
  { name: "Azure Blob Storage (azurite)", get: azurite },
  { name: "pgbouncer", get: pgbouncer },
  { name: "age", get: age },
  { name: "Docker Engine", get: docker },
  { name: "Chromium", get: chromium },
  { name: "promtool (Prometheus)", get: promtool },
  { name: "a check of Grafana's dashboards", get: grafanaCheck },
  { name: "zstd", get: () => systemProgram("zstd") },
  { name: "openssl", get: () => systemProgram("openssl") },
  { name: "the Pulumi engine", get: pulumiForTests },
  { name: "Kubernetes' store (etcd)", get: etcd },
  { name: "Kubernetes' API server", get: kubeApiserver },
  { name: "a Kubernetes node", get: kubernetesNode },
  { name: "custom resources for Kubernetes' API server", get: customResources },
  { name: "a base image for containers", get: baseImage },
  // The pages of docs/, which are run as they stand, take documents apart with it.
  { name: "jq", get: () => systemProgram("jq") },
];

/**
 * Fetches whatever the tests need and this machine lacks.
 * @returns {Promise<{ name: string, reason: string }[]>} what could not be had
 */
export async function testTools() {
  const missing = [];
  // One after another: their progress lines stay readable, and two cores are busy with one of them.
  for (const { name, get } of tools) {
    try {
      await get();
    } catch (error) {
      if (!(error instanceof SetupProblem)) throw error;
      missing.push({ name, reason: error.message });
    }
  }
  return missing;
}
