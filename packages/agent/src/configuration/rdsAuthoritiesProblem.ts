import { type Connection, ExitCode, ProblemError, rdsEndpointRegion } from "@pgkeep/core";
import { rdsAuthoritiesCover } from "../postgresql/rdsAuthorities.js";

/** Where AWS publishes the bundle and says which file is which. */
const PUBLISHED = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html";

/** What to do when the authorities that come with the agent are not those of a server. */
export const OTHER_RDS_AUTHORITIES = `download global-bundle.pem (${PUBLISHED}; China and GovCloud have files of their own) and name its path as sslrootcert`;

/** Refuses an endpoint of a Region whose authorities do not come with the agent, before the first connection fails for want of them. */
export function assertRdsAuthorities({ host }: Connection, where: string): void {
  const region = rdsEndpointRegion(host);
  // RDS Proxy has certificates of Amazon's public authorities, which are the same in every Region.
  if (region === undefined || rdsAuthoritiesCover(region) || /\.proxy-/i.test(host)) return;
  throw new ProblemError(ExitCode.Configuration, {
    where: `${where}.sslrootcert`,
    received: `rds, for ${host}`,
    reason: `the authorities of Amazon RDS that come with the agent do not hold those of ${region}`,
    next: OTHER_RDS_AUTHORITIES,
  });
}
