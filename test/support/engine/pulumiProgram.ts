/** The CLI that the set-up found, fetched or built (setup/pulumi.mjs); undefined where none could be had. */
export function findPulumiProgram(): string | undefined {
  const program = process.env.PGKEEP_PULUMI;
  return program === undefined || program === "" ? undefined : program;
}

/** Why a test that needs the engine cannot run here; undefined when it can. For `describe.skipIf`, which the test report counts. */
export function missingEngine(): string | undefined {
  return findPulumiProgram() === undefined ? "the Pulumi CLI is not on this machine" : undefined;
}

export function pulumiProgram(): string {
  const program = findPulumiProgram();
  if (program === undefined)
    throw new Error(`${missingEngine()}. \`npm test\` fetches or builds it where it can, and says why where it cannot.`);
  return program;
}

/** Whether the official provider plugins are to be used, which the engine downloads, instead of the stand-ins attached here. */
export function officialProviders(): boolean {
  return process.env.PGKEEP_PROVIDERS === "official";
}
