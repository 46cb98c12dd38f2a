import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingCluster, startCluster, type TestCluster } from "../support/cluster/startCluster.js";

describe.skipIf(missingCluster() !== undefined)("a cluster of our own", () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(async () => await cluster?.stop());

  it("runs a Pod under the restricted Pod Security, and tells what it said", async () => {
    await cluster.apply({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "backup", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    const security = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true };
    await cluster.apply({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "sleeper", namespace: "backup" },
      spec: {
        backoffLimit: 0,
        template: {
          spec: {
            restartPolicy: "Never",
            securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "sleep",
                image: "pgkeep.invalid/pause:1",
                imagePullPolicy: "Never",
                command: ["/bin/sleep", "not a time"],
                securityContext: security,
                terminationMessagePolicy: "FallbackToLogsOnError",
              },
            ],
          },
        },
      },
    });
    await cluster.kubectl("wait", "--namespace=backup", "--for=condition=Failed", "job/sleeper", "--timeout=90s");
    expect(await cluster.kubectl("logs", "--namespace=backup", "job/sleeper")).toContain("invalid time interval");
  });
});
