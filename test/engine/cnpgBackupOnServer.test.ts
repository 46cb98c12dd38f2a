import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CnpgBackup,
  type CnpgBackupArgs,
  CnpgBackupMethod,
  CnpgBackupOwner,
  CnpgBackupTarget,
  CnpgCompression,
} from "../../packages/kubernetes/src/index.js";
import { installCustomResources, missingCustomResources, strictRefusal } from "../support/customResources.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";

const paths = {
  ScheduledBackup: "/apis/postgresql.cnpg.io/v1/namespaces/default/scheduledbackups",
  ObjectStore: "/apis/barmancloud.cnpg.io/v1/namespaces/default/objectstores",
};
const secretKey = (key: string) => ({ name: "s3", key });
const all: CnpgBackupArgs = {
  namespace: "default",
  clusterName: "shop-db",
  schedule: "15 3 * * 7",
  store: {
    destinationPath: "s3://shop-backups/cnpg",
    endpointUrl: "https://s3.example.org:9000",
    endpointCa: secretKey("ca.crt"),
    credentials: {
      accessKeyId: secretKey("id"),
      secretAccessKey: secretKey("secret"),
      sessionToken: secretKey("token"),
      region: secretKey("region"),
    },
    retentionDays: 14,
    compression: CnpgCompression.Snappy,
    jobs: 4,
    walParallel: 8,
  },
  target: CnpgBackupTarget.PreferStandby,
  backupOwner: CnpgBackupOwner.Cluster,
  labels: { team: "shop" },
};
const programOf = (given: CnpgBackupArgs) => () => Promise.resolve({ plugins: new CnpgBackup("shop", given).clusterPlugins });

describe.skipIf(missingEngine() !== undefined || missingCustomResources() !== undefined)(
  "CnpgBackup on a real API server with the custom resources of CloudNativePG and its Barman plugin",
  () => {
    let kubernetes: TestKubernetes;
    let stack: EngineStack;
    const live = async (kind: keyof typeof paths) => (await kubernetes.read(`${paths[kind]}/shop`)).body as { metadata: { uid: string } };
    const changed = ({ steps }: { steps: readonly { op: string; name: string }[] }) =>
      steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

    beforeAll(async () => {
      kubernetes = await startKubernetes();
      await installCustomResources(kubernetes, ["postgresql.cnpg.io", "barmancloud.cnpg.io"]);
      const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
      stack = await startStack({ program: programOf(all), providers: [kubernetesProvider()], secrets });
    }, 60_000);
    afterAll(async () => {
      await stack?.dispose();
      await kubernetes?.stop();
    });

    it("is accepted with all that can be said, and a second deployment finds nothing to do", async () => {
      await stack.preview();
      await stack.up();
      expect(await live("ScheduledBackup")).toMatchObject({
        spec: {
          schedule: "0 15 3 * * 0",
          cluster: { name: "shop-db" },
          method: "plugin",
          pluginConfiguration: { name: "barman-cloud.cloudnative-pg.io" },
          immediate: true,
          suspend: false,
          target: "prefer-standby",
          backupOwnerReference: "cluster",
        },
      });
      expect(await live("ObjectStore")).toMatchObject({
        spec: {
          retentionPolicy: "14d",
          configuration: {
            destinationPath: "s3://shop-backups/cnpg",
            s3Credentials: { accessKeyId: { name: "s3", key: "id" } },
            wal: { compression: "snappy", maxParallel: 8 },
            data: { compression: "snappy", jobs: 4 },
          },
        },
      });
      expect(changed(await stack.preview())).toEqual([]);
      expect(changed(await stack.up())).toEqual([]);
      await stack.refresh();
      expect(changed(await stack.preview())).toEqual([]);
    });

    it("writes no field that the definitions do not know, nor the one that the plugin's forbids", async () => {
      for (const { inputs } of (await stack.resources()).filter(({ type }) => type.includes("cnpg.io"))) {
        const kind = inputs.kind as keyof typeof paths;
        const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
        expect(await strictRefusal(kubernetes, paths[kind], named)).toBeUndefined();
        const unknown = { ...named, spec: { ...(inputs.spec as object), retention: "1d" } };
        expect(await strictRefusal(kubernetes, paths[kind], unknown)).toMatch(/unknown field "spec.retention"/);
        if (kind === "ScheduledBackup") continue;
        const spec = inputs.spec as { configuration: object };
        const inWrongPlace = { ...named, spec: { ...spec, configuration: { ...spec.configuration, serverName: "shop-db" } } };
        expect(await strictRefusal(kubernetes, paths[kind], inWrongPlace)).toContain("use the 'serverName' plugin parameter");
      }
    });

    it("another Cluster is another ScheduledBackup of the same name, for the API lets nobody change it", async () => {
      await expect(kubernetes.edit(`${paths.ScheduledBackup}/shop`, { spec: { cluster: { name: "other" } } })).rejects.toThrow(
        "cluster reference is immutable after creation",
      );
      const { metadata } = await live("ScheduledBackup");
      const store = await live("ObjectStore");
      await stack.up({ program: programOf({ ...all, clusterName: "other" }) });
      const replaced = await live("ScheduledBackup");
      expect(replaced).toMatchObject({ spec: { cluster: { name: "other" } } });
      expect(replaced.metadata.uid).not.toBe(metadata.uid);
      expect((await live("ObjectStore")).metadata.uid).toBe(store.metadata.uid);
    });

    it("by IAM, and by snapshots, too, which need no store", async () => {
      const iam = { ...all, store: { destinationPath: "s3://shop-backups", credentials: { inheritFromIamRole: true } }, protect: false };
      await stack.up({ program: programOf(iam) });
      expect(await live("ObjectStore")).toMatchObject({
        spec: { retentionPolicy: "30d", configuration: { s3Credentials: { inheritFromIAMRole: true }, wal: { compression: "gzip" } } },
      });
      const { store: _, ...others } = all;
      const snapshots = { ...others, method: CnpgBackupMethod.VolumeSnapshot, online: false };
      await stack.up({ program: programOf(snapshots) });
      expect(await live("ScheduledBackup")).toMatchObject({ spec: { method: "volumeSnapshot", online: false } });
      expect((await kubernetes.read(`${paths.ObjectStore}/shop`)).status).toBe(404);
      expect(changed(await stack.preview({ program: programOf(snapshots) }))).toEqual([]);
    });
  },
);
