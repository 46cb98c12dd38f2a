import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  GroupSnapshotApiVersion,
  SnapshotClass,
  type SnapshotClassArgs,
  SnapshotDeletionPolicy,
} from "../../packages/kubernetes/src/index.js";
import { installCustomResources, missingCustomResources, strictRefusal } from "../support/customResources.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";

const single = "/apis/snapshot.storage.k8s.io/v1/volumesnapshotclasses";
const grouped = "/apis/groupsnapshot.storage.k8s.io/v1/volumegroupsnapshotclasses";
const args: SnapshotClassArgs = {
  driver: "ebs.csi.aws.com",
  className: "orders",
  parameters: { lockMode: "governance", lockDuration: "7" },
  isDefault: true,
  usedByVelero: true,
  groups: { className: "orders-groups", parameters: { key: "value" }, isDefault: true },
  labels: { team: "orders" },
};
const programOf = (given: SnapshotClassArgs) => () => Promise.resolve({ className: new SnapshotClass("orders", given).className });

describe.skipIf(missingEngine() !== undefined || missingCustomResources() !== undefined)(
  "SnapshotClass on a real API server with the custom resources of external-snapshotter",
  () => {
    let kubernetes: TestKubernetes;
    let stack: EngineStack;
    const live = async (path: string) => (await kubernetes.read(path)).body as { metadata: { uid: string } };
    const changed = ({ steps }: { steps: readonly { op: string; name: string }[] }) =>
      steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

    beforeAll(async () => {
      kubernetes = await startKubernetes();
      await installCustomResources(kubernetes, ["snapshot.storage.k8s.io", "groupsnapshot.storage.k8s.io"]);
      const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
      stack = await startStack({ program: programOf(args), providers: [kubernetesProvider()], secrets });
    }, 60_000);
    afterAll(async () => {
      await stack?.dispose();
      await kubernetes?.stop();
    });

    it("is accepted, and a second deployment finds nothing to do", async () => {
      await stack.preview();
      await stack.up();
      expect(await live(`${single}/orders`)).toMatchObject({
        driver: "ebs.csi.aws.com",
        deletionPolicy: "Retain",
        parameters: { lockMode: "governance" },
        metadata: {
          annotations: { "snapshot.storage.kubernetes.io/is-default-class": "true" },
          labels: { team: "orders", "velero.io/csi-volumesnapshot-class": "true" },
        },
      });
      expect(await live(`${grouped}/orders-groups`)).toMatchObject({
        deletionPolicy: "Retain",
        metadata: { annotations: { "groupsnapshot.storage.kubernetes.io/is-default-class": "true" } },
      });
      expect(changed(await stack.preview())).toEqual([]);
      expect(changed(await stack.up())).toEqual([]);
      await stack.refresh();
      expect(changed(await stack.preview())).toEqual([]);
    });

    it("writes no field that the definitions do not know", async () => {
      for (const { inputs, type } of (await stack.resources()).filter(({ type }) => type.startsWith("kubernetes:"))) {
        const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
        expect(await strictRefusal(kubernetes, type.includes("Group") ? grouped : single, named)).toBeUndefined();
        const unknown = { ...named, spec: { driver: "x" } };
        expect(await strictRefusal(kubernetes, type.includes("Group") ? grouped : single, unknown)).toMatch(/unknown field "spec"/);
      }
    });

    it("replaces a class of groups of the same name, of which the API lets nothing be changed, and changes the other in place", async () => {
      const [before, groupBefore] = [await live(`${single}/orders`), await live(`${grouped}/orders-groups`)];
      await stack.up({ program: programOf({ ...args, protect: false }) });
      const deleting = { ...args, protect: false, deletionPolicy: SnapshotDeletionPolicy.Delete };
      await stack.up({ program: programOf(deleting) });
      expect(await live(`${single}/orders`)).toMatchObject({ deletionPolicy: "Delete", metadata: { uid: before.metadata.uid } });
      const group = await live(`${grouped}/orders-groups`);
      expect(group).toMatchObject({ deletionPolicy: "Delete" });
      expect(group.metadata.uid).not.toBe(groupBefore.metadata.uid);
      // What the definition itself says of an update, which is why it is a replacement.
      await expect(kubernetes.edit(`${grouped}/orders-groups`, { parameters: { key: "other" } })).rejects.toThrow(
        "parameters are immutable once set",
      );
    });

    it("can be moved to the version of the API that a cluster serves", async () => {
      const program = programOf({ ...args, protect: false, groups: { ...args.groups, apiVersion: GroupSnapshotApiVersion.V1beta2 } });
      await stack.up({ program });
      expect(await live(`${grouped}/orders-groups`)).toMatchObject({ deletionPolicy: "Retain" });
      expect(changed(await stack.preview({ program }))).toEqual([]);
    });

    it("goes with a destroy once it is not protected", async () => {
      await stack.destroy();
      expect((await kubernetes.read(`${single}/orders`)).status).toBe(404);
      expect((await kubernetes.read(`${grouped}/orders-groups`)).status).toBe(404);
    });
  },
);
