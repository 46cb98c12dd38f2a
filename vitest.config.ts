import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { foundEnvironment } from "./setup/environment.mjs";

// Source, not dist: a test sees what was just written, and a module exists once, so that `instanceof ProblemError` holds everywhere.
const alias = { "@pgkeep/core": fileURLToPath(new URL("packages/core/src/index.ts", import.meta.url)) };

export default defineConfig({
  resolve: { alias },
  test: {
    // Processes, not threads: a test may change its working folder and umask, and its servers end with it.
    pool: "forks",
    maxWorkers: 2,
    // So that `npx vitest run some.test.ts` finds what `npm test` fetched.
    env: foundEnvironment(),
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["packages/*/src/**/*.test.ts", "setup/**/*.test.ts"], testTimeout: 20_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: "real", include: ["test/**/*.test.ts"], exclude: ["test/cluster/**"], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: "cluster",
          include: ["test/cluster/**/*.test.ts"],
          globalSetup: "test/support/cluster/clusterSetup.ts",
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
