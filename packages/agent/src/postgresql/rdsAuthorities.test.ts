import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { rdsAuthorities, rdsAuthoritiesCover, rdsAuthoritiesFile } from "./rdsAuthorities.js";

/** Regions that have been open since before the package's release. */
const REGIONS = [
  ..."us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 af-south-1 me-south-1 me-central-1".split(" "),
  ..."eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2".split(" "),
  ..."ap-east-1 ap-south-1 ap-south-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4".split(
    " ",
  ),
];
const parsed = rdsAuthorities().map((certificate) => new X509Certificate(certificate));

describe("the authorities of Amazon RDS that come with the agent", () => {
  it("are certificates of authorities, valid for years to come", () => {
    const soon = Date.now() + 3 * 365 * 86_400_000;
    for (const certificate of parsed) {
      expect(certificate.ca, certificate.subject).toBe(true);
      expect(Date.parse(certificate.validFrom), certificate.subject).toBeLessThan(Date.now());
      expect(Date.parse(certificate.validTo), certificate.subject).toBeGreaterThan(soon);
      expect(certificate.verify(certificate.publicKey) || certificate.subject.includes("Starfield"), certificate.subject).toBe(true);
    }
  });

  it("hold all three of each Region: rds-ca-rsa2048-g1, rds-ca-rsa4096-g1 and rds-ca-ecc384-g1", () => {
    const subjects = parsed.map(({ subject }) => subject);
    for (const region of REGIONS) {
      for (const kind of ["RSA2048", "RSA4096", "ECC384"]) {
        const name = `CN=Amazon RDS ${region} Root CA ${kind} G1`;
        expect(
          subjects.filter((subject) => subject.split("\n").includes(name)),
          name,
        ).toHaveLength(1);
      }
      expect(rdsAuthoritiesCover(region), region).toBe(true);
    }
  });

  it("do not hold those of China, GovCloud and Regions that are newer, which is known before anybody connects", () => {
    for (const region of ["cn-north-1", "us-gov-west-1", "il-central-1", "mx-central-1"])
      expect(rdsAuthoritiesCover(region), region).toBe(false);
  });

  it("lie in a file that nobody else may change, and again when something took it away", () => {
    const file = rdsAuthoritiesFile();
    expect(rdsAuthoritiesFile()).toBe(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    expect(readFileSync(file, "utf8").match(/BEGIN CERTIFICATE/g)).toHaveLength(rdsAuthorities().length);
    rmSync(dirname(file), { recursive: true });
    expect(readFileSync(rdsAuthoritiesFile(), "utf8")).toContain("BEGIN CERTIFICATE");
  });

  it("leave no file behind when the process ends", () => {
    const url = (path: string) => new URL(path, import.meta.url).href;
    const script = `import { rdsAuthoritiesFile } from ${JSON.stringify(url("./rdsAuthorities.ts"))}; console.log(rdsAuthoritiesFile()); process.exit(3);`;
    const typescript = url("../../../../setup/typescript.mjs");
    const { stdout, status } = spawnSync(process.execPath, ["--import", typescript, "--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(status).toBe(3);
    expect(stdout).toContain("authorities.pem");
    expect(existsSync(dirname(stdout.trim()))).toBe(false);
  });

  it("are read by OpenSSL, as libpq does", () => {
    const file = rdsAuthoritiesFile();
    for (const subject of ["eu-west-1 Root CA RSA2048 G1", "us-east-1 Root CA ECC384 G1"]) {
      const one = parsed.find((certificate) => certificate.subject.includes(subject));
      const path = join(dirname(file), "one.pem");
      writeFileSync(path, one?.toString() ?? "");
      expect(execFileSync("openssl", ["verify", "-CAfile", file, path], { encoding: "utf8" })).toContain(": OK");
    }
  });
});
