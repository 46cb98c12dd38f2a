import type * as pulumi from "@pulumi/pulumi";
import type { RdsPostgresArgs } from "./RdsPostgresArgs.js";

/** What the children of an instance's component are made from. */
export interface RdsDeclaration {
  name: string;
  parent: pulumi.ComponentResource;
  identifier: string;
  /** With what came late gated. */
  args: RdsPostgresArgs;
  protect: boolean;
  /** To be spread into each child, empty where nothing is said. */
  region: { region?: string };
  tags: { tags?: pulumi.Input<Record<string, pulumi.Input<string>>> };
}
