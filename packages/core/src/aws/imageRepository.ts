const ECR = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\/([^@:]+)@/;

/** The ARN of the private ECR repository that an image given by digest is pulled from; undefined where it is elsewhere, and no IAM policy lets anybody in. */
export function ecrRepositoryArn(image: string): string | undefined {
  const [, account, region = "", china, repository] = ECR.exec(image) ?? [];
  if (account === undefined) return undefined;
  const partition = china ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}

/** What is wrong with the image of a task: by a tag, tomorrow's task may run another program than was reviewed. */
export function pinnedImageProblem(image: string): string | undefined {
  if (/^[^\s@]+@sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  return "this is no image by its digest, and a tag may mean another image tomorrow";
}

export const PINNED_IMAGE_FORM = "REGISTRY/REPOSITORY@sha256: and 64 hexadecimal digits, as `npm run image` prints it";
