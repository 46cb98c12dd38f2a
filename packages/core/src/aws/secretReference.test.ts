import { expect, it } from "vitest";
import { parseSecretReference, secretJsonKey } from "./secretReference.js";

const secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1a2b-AbCdEf";

it("takes the JSON key and the version off what a policy names", () => {
  const reference = { service: "secretsmanager", region: "eu-central-1", arn: secret };
  for (const text of [secret, secretJsonKey(secret, "password"), `${secret}:password:AWSCURRENT:`, `${secret}:::1234`]) {
    expect(parseSecretReference(text), text).toEqual(reference);
  }
  const parameter = "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/shop/signing-key";
  expect(parseSecretReference(parameter)).toEqual({ service: "ssm", region: "us-gov-west-1", arn: parameter });
});

it.each([
  "hunter2",
  "",
  "arn:aws:s3:::shop-backups",
  "arn:aws:secretsmanager:eu-central-1::secret:name",
  `${secret}:password`,
  `${secret}:password:`,
  `${secret}:a:b:c:d`,
  "arn:aws:ssm:eu-central-1:123456789012:parameter/",
  "arn:aws:ssm:eu-central-1:123456789012:document/x",
])("refuses %j", (text) => expect(parseSecretReference(text)).toBeUndefined());
