/*
 * The real Pulumi engine for tests:
 *
 *   const stack = await startStack({ program: async () => { new PostgresAccess("app", …); }, providers: [postgresqlProvider(), randomProvider()] });
 *   const { steps } = await stack.preview();
 *   …
 *   await stack.dispose();
 *
 * `providers` are STAND-INS of the official ones, for machines that cannot download those; with PGKEEP_PROVIDERS=official they are not used.
 */
export { EngineFailure } from "./EngineFailure.js";
export type { EngineRun, EngineStack, Outputs, PreviewResult, Program, ResourceView, RunResult, State, Step } from "./EngineStack.js";
export { assertNoCanary } from "./guards/assertNoCanary.js";
export { duplicateExports } from "./guards/duplicateExports.js";
export { identitySnapshot } from "./guards/identitySnapshot.js";
export { packageSchema } from "./guards/packageSchema.js";
export { type Leaf, previewWithUnknowns } from "./guards/previewWithUnknowns.js";
export { schemaFaults, schemaSnapshot } from "./guards/schemaSnapshot.js";
export { saveState, upgradeCheck } from "./guards/upgradeCheck.js";
export { missingEngine } from "./pulumiProgram.js";
export { type Cli, type CliResult, runCli, startCli } from "./runCli.js";
export { type StackOptions, startStack } from "./startStack.js";
