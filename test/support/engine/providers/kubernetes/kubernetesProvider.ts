import { AttachedProvider } from "../AttachedProvider.js";
import type { PropertyRule } from "../ResourceKind.js";
import { kubernetesKind } from "./kubernetesKind.js";

const changeable: PropertyRule = { onChange: "update" };
const replacing: PropertyRule = { onChange: "replace" };

/** STAND-IN for @pulumi/kubernetes: objects are recorded, no server checks or defaults them. What else a component uses is added here. */
export function kubernetesProvider(): AttachedProvider<undefined> {
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
      kubernetesKind("networking.k8s.io/v1", "NetworkPolicy", { spec: changeable }),
    ],
    configure: () => undefined,
  });
}
