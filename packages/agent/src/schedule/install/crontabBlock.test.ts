import { parseCron } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { crontabBlock, withBlock } from "./crontabBlock.js";
import type { Installation } from "./InstalledJob.js";

const installationIn = (timeZone: string): Installation => ({
  cluster: "shop",
  configPath: "/etc/pgkeep/shop.yaml",
  environmentFile: "/etc/pg keep/pgkeep.env",
  jobs: [{ name: "backup", schedule: { cron: parseCron("@daily"), timeZone }, command: ["/usr/bin/node", "/opt/100%/bin.js", "backup"] }],
  writableFolders: [],
});
const debian = { timeZone: "UTC", readsCronTz: false };

describe("the lines", () => {
  it("read the file of secrets where it is there, and escape what cron would end the command at", () => {
    expect(crontabBlock(installationIn("UTC"), debian)).toEqual([
      expect.stringMatching(/^# pgkeep shop: written by/),
      "0 0 * * * [ ! -f '/etc/pg keep/pgkeep.env' ] || { set -a; . '/etc/pg keep/pgkeep.env'; set +a; }; /usr/bin/node /opt/100\\%/bin.js backup",
      "# pgkeep shop: end",
    ]);
  });

  it("name the time zone where cron reads it, and give it back to the lines behind", () => {
    const block = crontabBlock(installationIn("Europe/Berlin"), { timeZone: "UTC", readsCronTz: true });
    expect(block.filter((line) => line.startsWith("CRON_TZ"))).toEqual(["CRON_TZ=Europe/Berlin", "CRON_TZ=UTC"]);
    expect(block.at(-2)).toBe("CRON_TZ=UTC");
  });

  it("are refused where cron knows no other time zone", () => {
    expect(() => crontabBlock(installationIn("Europe/Berlin"), debian)).toThrow(/knows its own time zone only/);
  });
});

describe("a crontab", () => {
  const block = crontabBlock(installationIn("UTC"), debian);

  it("gets the lines at its end, and keeps all others", () => {
    expect(withBlock("", "shop", block)).toBe(`${block.join("\n")}\n`);
    expect(withBlock("MAILTO=me\n5 * * * * mine", "shop", block)).toBe(`MAILTO=me\n5 * * * * mine\n${block.join("\n")}\n`);
  });

  it("has them once, however often it is written", () => {
    const once = withBlock("1 * * * * a\n", "shop", block);
    expect(withBlock(once, "shop", block)).toBe(once);
    const between = `${once}2 * * * * b\n`;
    expect(withBlock(between, "shop", block)).toBe(`1 * * * * a\n2 * * * * b\n${block.join("\n")}\n`);
  });

  it("keeps those of another cluster, and a beginning whose end somebody took away", () => {
    const other = withBlock("", "other", ["# pgkeep other: x", "# pgkeep other: end"]);
    expect(withBlock(other, "shop", block)).toContain(other);
    const torn = `${block[0]}\n5 * * * * mine\n`;
    expect(withBlock(torn, "shop", block)).toBe(`${torn}${block.join("\n")}\n`);
  });
});
