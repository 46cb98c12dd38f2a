import { expect, it } from "vitest";
import { ecrRepositoryArn, pinnedImageProblem } from "./imageRepository.js";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

it.each([
  ["123456789012.dkr.ecr.eu-central-1.amazonaws.com/tools/pgkeep", "arn:aws:ecr:eu-central-1:123456789012:repository/tools/pgkeep"],
  ["123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/pgkeep", "arn:aws-us-gov:ecr:us-gov-west-1:123456789012:repository/pgkeep"],
  ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/pgkeep", "arn:aws-cn:ecr:cn-north-1:123456789012:repository/pgkeep"],
  ["ghcr.io/pgkeep/agent", undefined],
  ["public.ecr.aws/pgkeep/agent", undefined],
])("%s is pulled from %s", (repository, arn) => {
  expect(pinnedImageProblem(`${repository}@${digest}`)).toBeUndefined();
  expect(ecrRepositoryArn(`${repository}@${digest}`)).toBe(arn);
});

it.each(["ghcr.io/pgkeep/agent:1.2", "ghcr.io/pgkeep/agent", digest, `ghcr.io/pgkeep/agent@${digest.slice(0, -1)}`, `a b@${digest}`, ""])(
  "%j is refused: it is no image by its digest",
  (image) => expect(pinnedImageProblem(image)).toMatch(/digest/),
);
