import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { machineTimeZone } from "./machineTimeZone.js";
import { planFiles } from "./planFiles.js";
import { UNIT_MARK } from "./systemdUnits.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-units-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = ["a.service", "b.service", "c.timer"].map((name) => ({ name, text: `${UNIT_MARK} for x.\nnew\n` }));

it("tells what is new, what changes and what stays", async () => {
  writeFileSync(join(folder, "b.service"), `${UNIT_MARK} for x.\nold\n`);
  writeFileSync(join(folder, "c.timer"), files[2]?.text ?? "");
  expect((await planFiles(folder, files)).map(({ change }) => change)).toEqual(["new", "changed", "unchanged"]);
  expect((await planFiles(join(folder, "not/there"), files)).map(({ change }) => change)).toEqual(["new", "new", "new"]);
});

it("leaves alone what somebody else wrote, links and folders among it, and names all of them", async () => {
  writeFileSync(join(folder, "a.service"), "[Unit]\n");
  writeFileSync(join(folder, "real"), files[1]?.text ?? "");
  symlinkSync(join(folder, "real"), join(folder, "b.service"));
  mkdirSync(join(folder, "c.timer"));
  await expect(planFiles(folder, files)).rejects.toThrow(/a\.service: there is a file of this name[\s\S]*b\.service[\s\S]*c\.timer/);
});

it("the machine's time zone is that of its daemons", async () => {
  const link = join(folder, "localtime");
  symlinkSync("/usr/share/zoneinfo/Europe/Berlin", link);
  expect(await machineTimeZone(link)).toBe("Europe/Berlin");
  expect(await machineTimeZone(join(folder, "nothing"))).toBe("UTC");
});
