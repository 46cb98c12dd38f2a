import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { findAzurite } from "./azurite.mjs";
import { findBaseImage } from "./baseImage.mjs";
import { findCustomResources } from "./customResources.mjs";
import { findDockerd } from "./docker.mjs";
import { findEtcd } from "./etcd.mjs";
import { findFakeGcsServer } from "./fakeGcsServer.mjs";
import { findGrafanaCheck } from "./grafanaCheck.mjs";
import { findKubeApiserver } from "./kubeApiserver.mjs";
import { findKubernetesNode } from "./kubernetesNode.mjs";
import { findMoto } from "./moto.mjs";
import { findPgbouncer } from "./pgbouncer.mjs";
import { findPostgres } from "./postgresql.mjs";
import { findPulumi } from "./pulumi.mjs";
import { findPulumiPlugins } from "./pulumiPlugins.mjs";
import { findVersitygw } from "./versitygw.mjs";

/**
 * What is on this machine by now, as environment variables for the tests, the demo and the benchmarks. Fetches nothing.
 * @returns {Record<string, string>}
 */
export function foundEnvironment() {
  const server = findVersitygw();
  const otherStores = { PGKEEP_MOTO: findMoto(), PGKEEP_FAKE_GCS_SERVER: findFakeGcsServer(), PGKEEP_AZURITE: findAzurite() };
  const kubernetes = {
    PGKEEP_ETCD: findEtcd(),
    PGKEEP_KUBE_APISERVER: findKubeApiserver(),
    PGKEEP_KUBERNETES_NODE: findKubernetesNode(),
    PGKEEP_CUSTOM_RESOURCES: findCustomResources(),
    PGKEEP_BASE_IMAGE: findBaseImage(),
    PGKEEP_GRAFANA_CHECK: findGrafanaCheck(),
  };
  const pooler = findPgbouncer();
  const dockerd = findDockerd();
  const engine = findPulumi();
  const plugins = findPulumiPlugins(fileURLToPath(new URL("..", import.meta.url)));
  return {
    PGKEEP_PG_BIN: findPostgres()
      .map(({ folder }) => folder)
      .join(delimiter),
    ...(server === undefined ? {} : { PGKEEP_VERSITYGW: server }),
    ...Object.fromEntries(
      Object.entries({ ...otherStores, ...kubernetes }).flatMap(([name, found]) => (found === undefined ? [] : [[name, found]])),
    ),
    ...(pooler === undefined ? {} : { PGKEEP_PGBOUNCER: pooler }),
    ...(dockerd === undefined ? {} : { PGKEEP_DOCKERD: dockerd }),
    ...(engine === undefined ? {} : { PGKEEP_PULUMI: engine }),
    ...(plugins === undefined ? {} : { PGKEEP_PULUMI_PLUGINS: plugins }),
  };
}
