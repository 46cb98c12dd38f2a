import type { VolumeSnapshotRight } from "@pgkeep/core";
import type { ClusterClient } from "./ClusterClient.js";

/** Makes a ServiceAccount that may do exactly this, by a Role and a ClusterRole of its name. */
export async function grantRights(
  client: ClusterClient,
  namespace: string,
  name: string,
  rights: readonly VolumeSnapshotRight[],
): Promise<void> {
  const api = "/apis/rbac.authorization.k8s.io/v1";
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const metadata = { name };
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const roleRef = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
  const rules = (scope: VolumeSnapshotRight["scope"]) =>
    rights
      .filter((right) => right.scope === scope)
      .map(({ apiGroup, resources, verbs, resourceNames }) => ({
        apiGroups: [apiGroup],
        resources,
        verbs,
        ...(resourceNames === undefined ? {} : { resourceNames }),
      }));
  await client.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { apiVersion: "v1", kind: "ServiceAccount", metadata });
  await client.create(`${api}/namespaces/${namespace}/roles`, { apiVersion, kind: "Role", metadata, rules: rules("namespace") });
  await client.create(`${api}/namespaces/${namespace}/rolebindings`, {
    apiVersion,
    kind: "RoleBinding",
    metadata,
    subjects,
    roleRef: roleRef("Role"),
  });
  await client.create(`${api}/clusterroles`, { apiVersion, kind: "ClusterRole", metadata, rules: rules("cluster") });
  await client.create(`${api}/clusterrolebindings`, {
    apiVersion,
    kind: "ClusterRoleBinding",
    metadata,
    subjects,
    roleRef: roleRef("ClusterRole"),
  });
}
