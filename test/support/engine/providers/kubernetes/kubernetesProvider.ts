import { AttachedProvider } from "../AttachedProvider.js";
import type { PropertyRule } from "../ResourceKind.js";
import { type PlainValue, unknown } from "../wireValues.js";
import { ApiServer } from "./ApiServer.js";
import { customKinds } from "./customKinds.js";
import { type Cluster, kubernetesKind } from "./kubernetesKind.js";

const changeable: PropertyRule = { onChange: "update" };
const replacing: PropertyRule = { onChange: "replace" };

/**
 * STAND-IN for @pulumi/kubernetes. Where the provider resource is given a kubeconfig (for the default one: `kubernetes:kubeconfig` in the
 * stack's configuration), a preview is a dry run of server-side apply on that API server, and an `up` the real one. Else objects are recorded,
 * and no server checks or defaults them. What else a component uses is added here.
 */
export function kubernetesProvider(): AttachedProvider<Cluster> {
  return new AttachedProvider({
    name: "kubernetes",
    version: "4.34.2",
    bridged: false,
    configuration: {
      source: "https://github.com/pulumi/pulumi-kubernetes/blob/v4.34.2/provider/pkg/provider/provider.go",
      properties: { kubeconfig: replacing, context: replacing, cluster: replacing, namespace: changeable },
    },
    kinds: [
      kubernetesKind("core/v1", "Namespace", { spec: changeable }),
      kubernetesKind("core/v1", "ServiceAccount", {
        automountServiceAccountToken: changeable,
        imagePullSecrets: changeable,
        secrets: changeable,
      }),
      // Without enableConfigMapMutable and enableSecretMutable.
      kubernetesKind("core/v1", "ConfigMap", { data: replacing, binaryData: replacing, immutable: changeable }),
      kubernetesKind("core/v1", "Secret", {
        type: replacing,
        data: { onChange: "replace", secret: true },
        stringData: { onChange: "replace", secret: true },
        immutable: changeable,
      }),
      kubernetesKind("batch/v1", "CronJob", { spec: changeable }),
      kubernetesKind("batch/v1", "Job", {
        spec: changeable,
        "spec.completions": replacing,
        "spec.parallelism": replacing,
        "spec.selector": replacing,
        "spec.template": replacing,
      }),
      kubernetesKind("apps/v1", "Deployment", { spec: changeable, "spec.selector": replacing }),
      kubernetesKind("core/v1", "Service", { spec: changeable, "spec.clusterIP": replacing }),
      kubernetesKind("networking.k8s.io/v1", "NetworkPolicy", { spec: changeable }),
      ...["", "Cluster"].flatMap((scope) => [
        kubernetesKind("rbac.authorization.k8s.io/v1", `${scope}Role`, { rules: changeable }),
        kubernetesKind("rbac.authorization.k8s.io/v1", `${scope}RoleBinding`, { roleRef: replacing, subjects: changeable }),
      ]),
      // Of what else the API lets nobody change the provider knows nothing.
      kubernetesKind("core/v1", "PersistentVolumeClaim", {
        spec: changeable,
        "spec.accessModes": replacing,
        "spec.selector": replacing,
        "spec.storageClassName": replacing,
        "spec.volumeName": replacing,
      }),
      ...customKinds,
    ],
    configure: ({ kubeconfig, context, namespace }) => {
      // Not known in a preview that is to create the cluster as well.
      if (kubeconfig === undefined || kubeconfig === "" || kubeconfig === unknown) return undefined;
      return new ApiServer(String(kubeconfig), textOf(context), textOf(namespace));
    },
    close: async (cluster) => await Promise.resolve(cluster?.close()),
  });
}

function textOf(value: PlainValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
