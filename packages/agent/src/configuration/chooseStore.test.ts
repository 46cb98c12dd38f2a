import { parseAgentConfig } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { chooseStore } from "./chooseStore.js";

const config = parseAgentConfig({
  version: 1,
  cluster: "shop",
  databases: ["shop"],
  store: { url: "file:///srv/backups" },
  retention: { keepLast: 7 },
  copies: [
    { name: "off-site", store: { url: "s3://offsite/shop" }, retention: { keepMonthly: 12 } },
    { name: "attic", store: { url: "file:///mnt/attic" } },
  ],
});

describe("a copy is chosen", () => {
  it("with its store and its own retention, or none", () => {
    expect(chooseStore(config, undefined, {}).config).toBe(config);
    const offSite = chooseStore(config, "off-site", {}).config;
    expect([offSite.store.url, offSite.retention?.keepMonthly, offSite.retention?.keepLast]).toEqual(["s3://offsite/shop", 12, undefined]);
    expect(chooseStore(config, "attic", {}).config).not.toHaveProperty("retention");
  });

  it("by a name that exists", () => {
    expect(() => chooseStore(config, "of-site", {})).toThrow(/off-site, attic/);
    expect(() => chooseStore(parseAgentConfig(raw), "x", {})).toThrow(/names no copies/);
  });
});
const raw = { version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///srv/backups" } };

describe("its credentials", () => {
  const base = {
    AWS_ACCESS_KEY_ID: "primary",
    AWS_SECRET_ACCESS_KEY: "p",
    AWS_SESSION_TOKEN: "t",
    AWS_REGION: "eu-central-1",
    PGHOST: "db",
  };
  const chosen = (own: Record<string, string>) => chooseStore(config, "off-site", { ...base, ...own }).environment;

  it("are the same where none are its own", () => expect(chosen({})).toEqual(base));

  it("are its own alone where any of them is", () => {
    const own = { PGKEEP_COPY_OFF_SITE_AWS_ACCESS_KEY_ID: "writer", PGKEEP_COPY_OFF_SITE_AWS_SECRET_ACCESS_KEY_FILE: "/run/secrets/x" };
    expect(chosen(own)).toEqual({
      ...own,
      AWS_ACCESS_KEY_ID: "writer",
      AWS_SECRET_ACCESS_KEY_FILE: "/run/secrets/x",
      AWS_REGION: "eu-central-1",
      PGHOST: "db",
    });
  });

  it("leave what they do not name", () => {
    expect(chosen({ PGKEEP_COPY_OFF_SITE_AWS_REGION: "us-west-2", PGKEEP_COPY_ATTIC_AWS_REGION: "no" })).toMatchObject({
      ...base,
      AWS_REGION: "us-west-2",
    });
  });

  it("are not those of a copy whose name begins alike", () => {
    const others = { PGKEEP_COPY_OFF_SITE_2_AWS_ACCESS_KEY_ID: "second", PGKEEP_COPY_OFF_SITE_2_AWS_SECRET_ACCESS_KEY: "s" };
    expect(chosen(others)).toEqual({ ...base, ...others });
  });

  it("are refused under a name that nothing reads, and never shown", () => {
    const act = () => chosen({ PGKEEP_COPY_OFF_SITE_AWS_SECRET_KEY: "hidden", PGKEEP_COPY_OFF_SITE_PGPASSWORD: "hidden" });
    expect(act).toThrow(/AWS_SECRET_KEY: .*no store reads.*PGPASSWORD/s);
    expect(act).not.toThrow(/hidden/);
  });
});
