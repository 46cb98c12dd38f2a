import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { PolicyStatement } from "../../packages/aws/src/iam/policyDocument.js";
import { wildcards } from "../../packages/aws/src/iam/policyDocument.js";
import * as components from "../../packages/aws/src/index.js";
import { AWS_COMPONENTS } from "../support/awsComponents.js";
import { type EngineStack, missingEngine, type ResourceView, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";

/** Every statement that any component wrote, with its reason: a policy's JSON has none. */
const written = vi.hoisted((): PolicyStatement[] => []);
vi.mock("../../packages/aws/src/iam/policyDocument.js", async (importOriginal) => {
  const original = await importOriginal<typeof import("../../packages/aws/src/iam/policyDocument.js")>();
  return {
    ...original,
    policyDocument: (statements: readonly PolicyStatement[]) => {
      written.push(...statements);
      return original.policyDocument(statements);
    },
  };
});

interface Statement {
  Sid?: string;
  Action?: string | string[];
  Resource?: string | string[];
  Principal?: unknown;
}

/** Every statement of every policy among what a resource was given or gave out. */
function statementsIn(value: unknown): Statement[] {
  if (typeof value === "string") {
    if (!value.startsWith("{")) return [];
    try {
      return statementsIn(JSON.parse(value));
    } catch {
      return [];
    }
  }
  if (typeof value !== "object" || value === null) return [];
  const { Statement } = value as { Statement?: Statement | Statement[] };
  if (Statement !== undefined) return [Statement].flat();
  return Object.values(value).flatMap(statementsIn);
}

function wildcardsOf({ Action = [], Resource = [], Principal }: Statement): string[] {
  const principals = typeof Principal === "object" && Principal !== null ? Object.values(Principal).flat() : [Principal];
  return [Action, Resource, principals].flat(2).filter((text): text is string => typeof text === "string" && text.includes("*"));
}

/** Suffixes and ids by chance. */
const steady = (text: string) => text.replaceAll(/-[0-9a-f]{7}\b/g, "-…").replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "…");

describe.skipIf(missingEngine() !== undefined)("wildcards in the policies of packages/aws", () => {
  let stack: EngineStack;
  let resources: ResourceView[];

  beforeAll(async () => {
    stack = await startStack({
      program: () => Promise.resolve(void Object.values(AWS_COMPONENTS).map((declare) => declare())),
      providers: [awsProvider(), randomProvider()],
    });
    await stack.up();
    resources = await stack.resources();
  });
  afterAll(async () => await stack?.dispose());

  it("are looked for in every component", () => {
    const isComponent = (value: unknown) => typeof value === "function" && value.prototype instanceof pulumi.ComponentResource;
    const exported = Object.entries(components).flatMap(([name, value]) => (isComponent(value) ? [name] : []));
    expect(Object.keys(AWS_COMPONENTS).sort()).toEqual(exported.sort());
    const deployed = new Set(resources.map(({ type }) => type));
    for (const name of exported) expect(deployed).toContain(`pgkeep:index:${name}`);
  });

  it("have a reason beside them, each, and this is their list", async () => {
    const reasons = new Map(wildcards(written).map(({ sid, wildcard, because }) => [`${sid} ${wildcard}`, because]));
    const statements = resources.flatMap(({ inputs, outputs }) => [...statementsIn(inputs), ...statementsIn(outputs)]);
    expect(statements.length).toBeGreaterThan(50);
    const told = statements.flatMap((statement) =>
      wildcardsOf(statement).map(
        (wildcard) => `${statement.Sid} ${wildcard}: ${reasons.get(`${statement.Sid} ${wildcard}`) ?? "NO REASON"}`,
      ),
    );
    expect(told.filter((line) => line.endsWith("NO REASON"))).toEqual([]);
    const lines = [...new Set(told.map(steady))].sort();
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/aws-wildcards.txt");
  });
});
