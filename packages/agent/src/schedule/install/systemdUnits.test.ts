import { parseCron } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import type { Installation } from "./InstalledJob.js";
import { systemdUnits } from "./systemdUnits.js";

const installation: Installation = {
  cluster: "shop",
  configPath: "/etc/pgkeep/shop.yaml",
  environmentFile: "/etc/pgkeep/pgkeep.env",
  jobs: [
    {
      name: "backup",
      schedule: { cron: parseCron("30 2 13 * SUN"), timeZone: "Europe/Berlin" },
      command: ["/usr/bin/node", "/opt/pg keep/100%/bin.js", "--config", "/etc/pgkeep/$shop.yaml", "backup"],
    },
  ],
  writableFolders: ["/srv/back ups"],
};
const { files, timers, notes } = systemdUnits(installation, false);
const [service = "", timer = ""] = files.map(({ text }) => text);

describe("a job becomes a service and a timer", () => {
  it("under names of the cluster and the job, marked as ours", () => {
    expect(files.map(({ name }) => name)).toEqual(["pgkeep-shop-backup.service", "pgkeep-shop-backup.timer"]);
    expect(timers).toEqual(["pgkeep-shop-backup.timer"]);
    for (const { text } of files) expect(text).toMatch(/^# Written by `pgkeep schedule install` for \/etc\/pgkeep\/shop\.yaml\./);
  });

  it("with the schedule's time zone, and what was missed made up for", () => {
    expect(timer).toContain("OnCalendar=*-*-13 02:30:00 Europe/Berlin\nOnCalendar=Sun *-*-* 02:30:00 Europe/Berlin\n");
    expect(timer).toContain("Persistent=true");
    expect(timer).toContain("WantedBy=timers.target");
    expect(notes).toEqual([expect.stringMatching(/^backup: systemd leaves out/)]);
  });

  it("whose words systemd reads as they are", () => {
    expect(service).toContain('ExecStart=/usr/bin/node "/opt/pg keep/100%%/bin.js" --config /etc/pgkeep/$$shop.yaml backup\n');
    expect(service).toContain('ReadWritePaths="/srv/back ups"\n');
  });

  it("tried again by exit code, a bounded number of times, and never where another try would end the same way", () => {
    expect(service).toContain("RestartForceExitStatus=69 75\n");
    expect(service).toMatch(/^StartLimitBurst=4$/m);
    expect(service).not.toMatch(/^Restart=/m);
  });

  it("hardened, as far as the account may ask for it", () => {
    for (const setting of ["ProtectSystem=strict", "PrivateTmp=yes", "NoNewPrivileges=yes", "UMask=0077"])
      expect(service).toContain(setting);
    const [own] = systemdUnits(installation, true).files;
    expect(own?.text).toContain("NoNewPrivileges=yes");
    expect(own?.text).not.toMatch(/ProtectSystem|PrivateDevices|network-online/);
  });

  it("and holds no secret, but the name of a file for them", () => {
    expect(service).toContain("EnvironmentFile=-/etc/pgkeep/pgkeep.env\n");
  });
});
