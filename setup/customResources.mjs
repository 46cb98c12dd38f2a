import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { run } from "./command.mjs";
import { goForKubernetes } from "./kubernetesModule.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** Where the definitions of the custom resources lie that components for Kubernetes declare, as their projects released them. */
const modules = [
  { path: "github.com/kubernetes-csi/external-snapshotter/client/v8", version: "v8.6.0", folder: "config/crd" },
  { path: "github.com/vmware-tanzu/velero", version: "v1.18.2", folder: "config/crd/v1/bases" },
  { path: "github.com/cloudnative-pg/cloudnative-pg", version: "v1.30.0", folder: "config/crd/bases" },
  { path: "github.com/cloudnative-pg/plugin-barman-cloud", version: "v0.14.0", folder: "config/crd/bases" },
  { path: "github.com/prometheus-operator/prometheus-operator", version: "v0.85.0", folder: "example/prometheus-operator-crd" },
];
const name = `custom-resources-${modules.map(({ version }) => version.slice(1)).join("-")}`;

/** The folder of their YAML files, named by group and kind as in `velero.io_schedules.yaml`. @returns {string | undefined} */
export function findCustomResources() {
  const asked = process.env.PGKEEP_CUSTOM_RESOURCES;
  if (asked !== undefined && asked !== "") return asked;
  const folder = cached(name);
  return existsSync(folder) ? folder : undefined;
}

export async function customResources() {
  if (findCustomResources() !== undefined) return;
  const go = goForKubernetes();
  await makeOnce(name, "fetching the custom resources of Velero, CloudNativePG and others (once per machine)", async (folder) => {
    for (const { path, version, folder: place } of modules) {
      // Nothing is built: a module's archive is all that is wanted.
      const told = JSON.parse(await run(go, ["mod", "download", "-json", `${path}@${version}`], { cwd: folder }));
      const source = join(told.Dir, place);
      const files = existsSync(source) ? readdirSync(source).filter((file) => /^[a-z0-9.]+_[a-z]+\.yaml$/.test(file)) : [];
      if (files.length === 0) throw new SetupProblem(`${path}@${version} has no custom resources in ${place}`);
      for (const file of files) copyFileSync(join(source, file), join(folder, file));
    }
  });
}
