/** What is wrong with the code of an AWS Region, undefined when nothing is. */
export function regionNameProblem(region: string): string | undefined {
  // us-gov-east-1, cn-north-1, eusc-de-east-1, us-iso-east-1, ap-southeast-2.
  return /^[a-z]{2,6}(-[a-z]+){1,3}-\d{1,2}$/.test(region) ? undefined : "this is not the code of an AWS Region";
}

/**
 * The Region in the name of an endpoint of Amazon RDS or Aurora, undefined for every other host: `name.identifier.REGION.rds.amazonaws.com`, and in
 * China `name.identifier.rds.REGION.amazonaws.com.cn`. Aurora's and RDS Proxy's endpoints have the same form.
 * https://docs.aws.amazon.com/general/latest/gr/rds-service.html
 */
export function rdsEndpointRegion(host: string): string | undefined {
  const name = host.toLowerCase().replace(/\.$/, "");
  const [, region, chinese] = /^(?:[a-z0-9-]+\.)+(?:([a-z0-9-]+)\.rds|rds\.([a-z0-9-]+))\.amazonaws\.(?:com\.cn|com|eu)$/.exec(name) ?? [];
  const found = region ?? chinese;
  return found !== undefined && regionNameProblem(found) === undefined ? found : undefined;
}
