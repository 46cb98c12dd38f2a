import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { installCustomResources, missingCustomResources, strictRefusal } from "../support/customResources.js";
import { startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";

const page = fileURLToPath(new URL("../../docs/kubernetes-snapshots.md", import.meta.url));
const API = "/apis/snapshot.storage.k8s.io/v1";
const FOLDERS: Record<string, string> = {
  VolumeSnapshotContent: `${API}/volumesnapshotcontents`,
  VolumeSnapshot: `${API}/namespaces/default/volumesnapshots`,
};

interface Shown {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: object;
}

describe.skipIf(missingCustomResources() !== undefined)("the objects by which a snapshot without its VolumeSnapshot is found again", () => {
  let kubernetes: TestKubernetes;
  const shown = [...readFileSync(page, "utf8").matchAll(/^```yaml\n([\s\S]*?)^```/gm)].flatMap(([, text = ""]) =>
    parseAllDocuments(text).map((document) => document.toJS() as Shown),
  );

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    await installCustomResources(kubernetes, ["snapshot.storage.k8s.io"]);
  }, 60_000);
  afterAll(async () => await kubernetes?.stop());

  it("are taken by a real API server as the page shows them, and name each other", async () => {
    expect(shown.map(({ kind }) => kind)).toEqual(["VolumeSnapshotContent", "VolumeSnapshot"]);
    for (const object of shown) {
      const { namespace, ...metadata } = object.metadata;
      const here = { ...object, metadata: namespace === undefined ? metadata : { ...metadata, namespace: "default" } };
      expect(await strictRefusal(kubernetes, FOLDERS[object.kind] ?? "", here)).toBeUndefined();
      const unknown = { ...here, spec: { ...object.spec, handle: "snap" } };
      expect(await strictRefusal(kubernetes, FOLDERS[object.kind] ?? "", unknown)).toMatch(/unknown field "spec.handle"/);
    }
    const [content, snapshot] = shown;
    expect(content?.spec).toMatchObject({ volumeSnapshotRef: snapshot?.metadata });
    expect(snapshot?.spec).toEqual({ source: { volumeSnapshotContentName: content?.metadata.name } });
  });
});
