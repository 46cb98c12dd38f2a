import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";

describe.skipIf(missingSharedCluster() !== undefined)("the cluster of these tests", () => {
  let cluster: JoinedCluster;

  beforeAll(() => {
    cluster = joinCluster();
  });
  afterAll(async () => await cluster?.leave());

  it("runs the agent under the restricted Pod Security, without a shell, and tells what it said", async () => {
    await cluster.apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "rig", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    const security = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true };
    await cluster.apply({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "agent", namespace: "rig" },
      spec: {
        backoffLimit: 0,
        template: {
          spec: {
            restartPolicy: "Never",
            securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "agent",
                image: AGENT_IMAGE,
                imagePullPolicy: "Never",
                args: ["backup"],
                securityContext: security,
                terminationMessagePolicy: "FallbackToLogsOnError",
              },
            ],
          },
        },
      },
    });
    await cluster.kubectl("wait", "--namespace=rig", "--for=condition=Failed", "job/agent", "--timeout=90s");
    expect(await cluster.kubectl("logs", "--namespace=rig", "job/agent")).toContain("pgkeep.yaml: there is no such file");
  });
});
