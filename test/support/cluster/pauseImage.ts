import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The container that holds a Pod's namespaces, which does nothing: this machine's `sleep` and the libraries that it loads, in the form that
 * `docker save` writes. No registry is reached here.
 */
export function writePauseImage(folder: string, name: string): string {
  const place = join(folder, "pause");
  mkdirSync(place);
  const program = "/bin/sleep";
  const libraries = execFileSync("/usr/bin/ldd", [program], { encoding: "utf8" }).match(/\/\S+/g) ?? [];
  const layer = join(place, "layer.tar");
  execFileSync("tar", ["--create", "--dereference", "--absolute-names", "--file", layer, program, ...libraries], { stdio: "ignore" });
  const sum = createHash("sha256").update(readFileSync(layer)).digest("hex");
  const configuration = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { Entrypoint: [program, "infinity"] },
    rootfs: { type: "layers", diff_ids: [`sha256:${sum}`] },
  });
  const file = `${createHash("sha256").update(configuration).digest("hex")}.json`;
  writeFileSync(join(place, file), configuration);
  writeFileSync(join(place, "manifest.json"), JSON.stringify([{ Config: file, RepoTags: [name], Layers: ["layer.tar"] }]));
  const archive = join(folder, "pause.tar");
  execFileSync("tar", ["--create", "--file", archive, "--directory", place, "manifest.json", file, "layer.tar"]);
  return archive;
}
