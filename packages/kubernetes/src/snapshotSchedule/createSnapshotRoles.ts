import type { VolumeSnapshotRight } from "@pgkeep/core";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { SettledSnapshotSchedule } from "./settleSnapshotSchedule.js";

/** Whom the roles are for, and what they are called. */
export interface SnapshotRolesMetadata {
  name: string;
  namespace: pulumi.Input<string>;
  labels: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What a ClusterRole is called. Namespaces and schedules have no colon in their names, so two of them never meet. */
export function clusterRoleName(namespace: pulumi.Input<string>, name: string): pulumi.Output<string> {
  return pulumi.interpolate`pgkeep:${namespace}:${name}`;
}

/**
 * Children `NAME-role` and `NAME-binding` in the namespace, and `NAME-contents-role` and `NAME-contents-binding` for the contents of snapshots, which have no
 * namespace. Each rule's reason stands beside it as an annotation: RBAC has no place for it.
 */
export function createSnapshotRoles(
  parent: pulumi.ComponentResource,
  name: string,
  metadata: SnapshotRolesMetadata,
  account: pulumi.Input<string>,
  { rights }: Pick<SettledSnapshotSchedule, "rights">,
): pulumi.Resource[] {
  const child = { parent };
  const ofScope = (scope: VolumeSnapshotRight["scope"]) =>
    rights.apply((all) => (all as VolumeSnapshotRight[]).filter((right) => right.scope === scope));
  const subjects = [{ kind: "ServiceAccount", name: account, namespace: metadata.namespace }];
  const bound = (kind: string, role: pulumi.Input<string>) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name: role });

  const [here, everywhere] = [ofScope("namespace"), ofScope("cluster")];
  const role = new kubernetes.rbac.v1.Role(
    `${name}-role`,
    { metadata: { ...metadata, annotations: here.apply(reasonsOf) }, rules: here.apply(rulesOf) },
    child,
  );
  const binding = new kubernetes.rbac.v1.RoleBinding(
    `${name}-binding`,
    { metadata, roleRef: bound("Role", role.metadata.name), subjects },
    child,
  );
  const clusterMetadata = { name: clusterRoleName(metadata.namespace, metadata.name), labels: metadata.labels };
  const clusterRole = new kubernetes.rbac.v1.ClusterRole(
    `${name}-contents-role`,
    { metadata: { ...clusterMetadata, annotations: everywhere.apply(reasonsOf) }, rules: everywhere.apply(rulesOf) },
    child,
  );
  const clusterBinding = new kubernetes.rbac.v1.ClusterRoleBinding(
    `${name}-contents-binding`,
    { metadata: clusterMetadata, roleRef: bound("ClusterRole", clusterRole.metadata.name), subjects },
    child,
  );
  return [role, binding, clusterRole, clusterBinding];
}

function rulesOf(rights: VolumeSnapshotRight[]) {
  return rights.map(({ apiGroup, resources, verbs, resourceNames }) => ({
    apiGroups: [apiGroup],
    resources,
    verbs,
    ...(resourceNames === undefined ? {} : { resourceNames }),
  }));
}

function reasonsOf(rights: VolumeSnapshotRight[]): Record<string, string> {
  return Object.fromEntries(
    rights.map(({ resources, verbs, reason }) => [`pgkeep/${resources.join("-")}`, `${verbs.join(", ")}: ${reason}`]),
  );
}
