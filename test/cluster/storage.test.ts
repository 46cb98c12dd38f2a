import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT_IMAGE } from "../support/cluster/agentImage.js";
import { type JoinedCluster, joinCluster, missingSharedCluster } from "../support/cluster/joinCluster.js";
import { type ProvisionedVolumes, provisionVolumes } from "../support/cluster/provisionVolumes.js";
import { untilSeen } from "../support/cluster/untilSeen.js";

const NAMESPACE = "storage";
const WRITE = 'require("node:fs").writeFileSync("/data/written", String(process.getuid()))';
const READ = 'console.log(require("node:fs").readFileSync("/data/written", "utf8"))';
const CLAIM = { accessModes: ["ReadWriteOnce"], storageClassName: "stand-in", resources: { requests: { storage: "1Gi" } } };

/** The storage that other tests of the cluster stand on. */
describe.skipIf(missingSharedCluster() !== undefined)("storage on the node of these tests", () => {
  let cluster: JoinedCluster;
  let volumes: ProvisionedVolumes;

  beforeAll(async () => {
    cluster = joinCluster();
    volumes = await provisionVolumes(cluster, "stand-in");
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels } });
  });
  afterAll(async () => {
    await volumes?.stop();
    await cluster?.leave();
  });

  const kubectl = (...words: string[]) => cluster.kubectl(`--namespace=${NAMESPACE}`, ...words);

  /** Starts a Pod that runs one line of JavaScript with a volume at `/data`, and resolves with its end. */
  async function run(name: string, script: string, volume: object, identity: { runAsUser: number; fsGroup?: number }): Promise<string> {
    await cluster.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: NAMESPACE },
      spec: {
        restartPolicy: "Never",
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" }, ...identity },
        containers: [
          {
            name: "script",
            image: AGENT_IMAGE,
            imagePullPolicy: "Never",
            command: ["/usr/local/bin/node", "-e", script],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          },
        ],
        volumes: [{ name: "data", ...volume }],
      },
    });
    return await untilSeen(
      `the end of ${name}`,
      async () => {
        const phase = await kubectl("get", "pod", name, "--output=jsonpath={.status.phase}");
        return phase === "Succeeded" || phase === "Failed" ? phase : undefined;
      },
      { circumstances: async () => await kubectl("describe", "pods,pvc") },
    );
  }

  it("gives a Pod under the restricted Pod Security a generic ephemeral volume, and takes it away with the Pod", async () => {
    const ephemeral = { ephemeral: { volumeClaimTemplate: { spec: CLAIM } } };
    expect(await run("ephemeral", WRITE, ephemeral, { runAsUser: 65532, fsGroup: 65532 })).toBe("Succeeded");
    const folder = await volumes.folderOf(NAMESPACE, "ephemeral-data");
    expect(readFileSync(join(folder, "written"), "utf8")).toBe("65532");
    await kubectl("delete", "pod", "ephemeral");
    await untilSeen("the end of the volume", async () => {
      const ofThisClass = '{.items[?(@.spec.storageClassName=="stand-in")].metadata.name}';
      const left = await cluster.kubectl("get", "pv", `--output=jsonpath=${ofThisClass}`);
      return existsSync(folder) || left.trim() !== "" ? undefined : true;
    });
    expect(await kubectl("get", "pvc", "--output=name")).toBe("");
  });

  it("keeps what one Pod wrote to a claim for the next, and lets nobody write without the Pod's fsGroup", async () => {
    await cluster.apply({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "kept", namespace: NAMESPACE }, spec: CLAIM });
    const volume = { persistentVolumeClaim: { claimName: "kept" } };
    expect(await run("stranger", WRITE, volume, { runAsUser: 999 })).toBe("Failed");
    expect(await kubectl("logs", "stranger")).toContain("EACCES");
    await kubectl("delete", "pod", "stranger");
    expect(await run("writer", WRITE, volume, { runAsUser: 999, fsGroup: 999 })).toBe("Succeeded");
    await kubectl("delete", "pod", "writer");
    expect(await run("reader", READ, volume, { runAsUser: 10001, fsGroup: 999 })).toBe("Succeeded");
    expect((await kubectl("logs", "reader")).trim()).toBe("999");
  });
});
