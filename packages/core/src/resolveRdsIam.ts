import { rdsEndpointRegion, regionNameProblem } from "./aws/rdsEndpoint.js";
import type { Connection } from "./connection.js";
import { isSocketFolder } from "./connectionHost.js";
import type { Problem } from "./problem.js";
import { shownValue } from "./secretText.js";
import { SslMode } from "./sslMode.js";

/**
 * What IAM database authentication needs beside the connection: the Region that its tokens are signed for. Whatever makes it impossible is added
 * to the problems.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
 */
export function resolveRdsIam(
  given: string | undefined,
  { host, sslMode }: Pick<Connection, "host" | "sslMode">,
  environment: Readonly<Record<string, string | undefined>>,
  where: string,
  problems: Problem[],
): Connection["rdsIam"] {
  if (isSocketFolder(host)) {
    problems.push({
      where: `${where}.authentication`,
      received: `rds-iam, host ${host}`,
      reason: "a token is signed for an endpoint of RDS and sent over TLS, and a Unix socket is neither",
      next: `write the endpoint in ${where}.host, or ${where}.authentication: password`,
    });
    return undefined;
  }
  if (sslMode !== SslMode.VerifyCa && sslMode !== SslMode.VerifyFull) problems.push(unverified(sslMode, where));
  const named = rdsEndpointRegion(host);
  if (given !== undefined && named !== undefined && given !== named) {
    problems.push({
      where: `${where}.awsRegion`,
      received: given,
      reason: `the endpoint ${host} is in ${named}, and RDS refuses a token that was signed for another Region`,
      next: `remove ${where}.awsRegion: the Region is read from the endpoint's name`,
    });
  }
  const region = given ?? named ?? (environment.AWS_REGION || environment.AWS_DEFAULT_REGION);
  if (region === undefined || region === "") {
    problems.push({
      where: `${where}.awsRegion`,
      reason: `a token is signed for one Region, and the name ${shownValue(host)} tells none`,
      next: `write ${where}.awsRegion, set AWS_REGION, or write the RDS endpoint's own name in ${where}.host`,
    });
    return undefined;
  }
  const reason = regionNameProblem(region);
  if (reason !== undefined && given === undefined) {
    problems.push({ where: "AWS_REGION", received: shownValue(region), reason, allowed: "a Region's code, for example eu-west-1" });
  }
  return { region };
}

/** The password message goes to whoever answers in clear text: RDS asks for it over TLS alone, an impostor would not. */
function unverified(sslMode: SslMode, where: string): Problem {
  return {
    where: `${where}.sslmode`,
    received: sslMode,
    reason: "the token is sent as a clear-text password, and whoever catches it is let in as this user for 15 minutes",
    allowed: "verify-full, or verify-ca with the file of your own authority",
    next: `write ${where}.sslmode: verify-full`,
  };
}
