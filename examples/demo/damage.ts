import { closeSync, cpSync, openSync, readFileSync, readSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/**
 * Copies the store and damages one object in the copy: cut to three fifths, or one bit in its middle turned over. Writes a configuration for
 * the copy beside the first. Returns the position of the damage.
 */
export function copyStoreDamaged(folder: string, name: "cut" | "flipped", key: string): number {
  const [store, copy] = [join(folder, "store"), join(folder, `store-${name}`)];
  cpSync(store, copy, { recursive: true });
  const project = join(folder, "project");
  writeFileSync(join(project, `pgkeep-${name}.yaml`), readFileSync(join(project, "pgkeep.yaml"), "utf8").replaceAll(store, copy));
  const object = join(copy, key);
  const { size } = statSync(object);
  return name === "cut" ? cut(object, Math.floor(size * 0.6)) : flip(object, Math.floor(size / 2));
}

function cut(file: string, bytes: number): number {
  truncateSync(file, bytes);
  return bytes;
}

function flip(file: string, position: number): number {
  const handle = openSync(file, "r+");
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, position);
  byte[0] = (byte[0] ?? 0) ^ 1;
  writeSync(handle, byte, 0, 1, position);
  closeSync(handle);
  return position;
}
