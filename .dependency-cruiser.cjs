/** The arrows of DESIGN: platform -> targets -> core <- agent. Types count too: what a type needs, its package needs. */

const targets = ["aws", "kubernetes", "docker", "postgresql"];
const pulumi = "^(@pulumi/|node_modules/@pulumi/)";

module.exports = {
  forbidden: [
    {
      name: "core-is-pure",
      comment: "core holds rules: no input or output, so none of Node's modules. A test may read a fixture.",
      severity: "error",
      from: { path: "^packages/core/src/", pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "core-knows-no-other-package",
      comment: "Everything may use core, so core uses nothing of ours.",
      severity: "error",
      from: { path: "^packages/core/" },
      to: { path: "^packages/(?!core/)" },
    },
    {
      name: "core-knows-only-zod-and-croner",
      comment: "Whoever uses a component pays for core's dependencies. croner has none of its own and reads no clock unless asked to.",
      severity: "error",
      from: { path: "^packages/core/src/", pathNot: "\\.test\\.ts$" },
      to: {
        dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"],
        pathNot: "^node_modules/(zod|croner)/",
      },
    },
    {
      name: "no-pulumi-in-core-agent-postgres",
      comment: "The agent runs in a container and on bare hosts; the rules run everywhere.",
      severity: "error",
      from: { path: "^packages/(core|agent)/" },
      to: { path: pulumi },
    },
    {
      name: "agent-knows-only-core",
      severity: "error",
      from: { path: "^packages/agent/" },
      to: { path: "^packages/(?!agent/|core/)" },
    },
    {
      name: "nobody-imports-the-agent",
      comment: "It is a program. What components and agent share is in core.",
      severity: "error",
      from: { path: "^packages/(?!agent/)" },
      to: { path: "^packages/agent/" },
    },
    ...targets.map((target) => ({
      name: `target-${target}-knows-only-core`,
      comment: "Targets never import each other; platform, policy and pulumi are above them.",
      severity: "error",
      from: { path: `^packages/${target}/` },
      to: { path: `^packages/(?!${target}/|core/)` },
    })),
    {
      name: "packages-know-no-tests",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "\\.(test|fixture)\\.ts$" },
      to: { path: "^(test|setup)/|\\.(test|fixture)\\.ts$" },
    },
    {
      name: "set-up-needs-nothing-installed",
      comment: "On a fresh clone there is nothing but Node.",
      severity: "error",
      from: { path: "^setup/", pathNot: "\\.test\\.ts$|^setup/typescript\\.mjs$" },
      to: { pathNot: "^setup/", dependencyTypesNot: ["core"] },
    },
    {
      name: "no-circles",
      comment: "Two files may know each other's types, not each other.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "found",
      comment: "An import that leads nowhere hides an arrow from all the rules above.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.test.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
