import { ExitCode } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ageMetricLine, wantsEmbeddedMetrics } from "./embeddedMetrics.js";

/**
 * The schema at the end of CloudWatch's specification, without its titles and examples.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const SCHEMA = z.fromJSONSchema({
  type: "object",
  required: ["_aws"],
  properties: {
    _aws: {
      type: "object",
      required: ["Timestamp", "CloudWatchMetrics"],
      properties: {
        Timestamp: { type: "integer" },
        CloudWatchMetrics: {
          type: "array",
          items: {
            type: "object",
            required: ["Namespace", "Dimensions", "Metrics"],
            properties: {
              Namespace: { type: "string", pattern: "^(.*)$", minLength: 1, maxLength: 1024 },
              Dimensions: {
                type: "array",
                minItems: 1,
                items: {
                  type: "array",
                  minItems: 0,
                  maxItems: 30,
                  items: { type: "string", pattern: "^(.*)$", minLength: 1, maxLength: 250 },
                },
              },
              Metrics: {
                type: "array",
                items: {
                  type: "object",
                  required: ["Name"],
                  properties: {
                    Name: { type: "string", pattern: "^(.*)$", minLength: 1, maxLength: 1024 },
                    Unit: {
                      type: "string",
                      pattern:
                        "^(Seconds|Microseconds|Milliseconds|Bytes|Kilobytes|Megabytes|Gigabytes|Terabytes|Bits|Kilobits|Megabits|Gigabits|Terabits|Percent|Count|Bytes\\/Second|Kilobytes\\/Second|Megabytes\\/Second|Gigabytes\\/Second|Terabytes\\/Second|Bits\\/Second|Kilobits\\/Second|Megabits\\/Second|Gigabits\\/Second|Terabits\\/Second|Count\\/Second|None)$",
                    },
                    StorageResolution: { type: "integer" },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

const at = new Date("2026-11-21T02:10:00Z");
const read = (ages: Parameters<typeof ageMetricLine>[1]) => JSON.parse(ageMetricLine("shop", ages, at) ?? "null") as object | null;

describe("a line of metrics", () => {
  it("is one in CloudWatch's embedded metric format, with nothing around it", () => {
    const line = ageMetricLine("shop", { checked: 600, proven: 86_400 }, at) ?? "";
    expect(line).toMatch(/^\{.*\}\n$/);
    const document: unknown = JSON.parse(line);
    expect(SCHEMA.safeParse(document).error).toBeUndefined();
    expect(document).toEqual({
      _aws: {
        Timestamp: at.getTime(),
        CloudWatchMetrics: [
          {
            Namespace: "pgkeep",
            Dimensions: [["Cluster"]],
            Metrics: [
              { Name: "NewestCheckedAge", Unit: "Seconds" },
              { Name: "NewestProvenAge", Unit: "Seconds" },
            ],
          },
        ],
      },
      Cluster: "shop",
      NewestCheckedAge: 600,
      NewestProvenAge: 86_400,
    });
  });

  it("and the schema would refuse one that is none", () => {
    expect(SCHEMA.safeParse({}).success).toBe(false);
    const line = read({ checked: 600, proven: null }) as { _aws: { CloudWatchMetrics: { Metrics: { Unit: string }[] }[] } };
    for (const metric of line._aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics)) metric.Unit = "seconds";
    expect(SCHEMA.safeParse(line).success).toBe(false);
  });

  it("holds no metric that there is nothing to tell of, and there is none without any", () => {
    expect(read({ checked: 600, proven: null })).not.toHaveProperty("NewestProvenAge");
    expect(ageMetricLine("shop", { checked: null, proven: null }, at)).toBeUndefined();
  });

  it("makes nothing younger than new where clocks differ", () => {
    expect(read({ checked: -3, proven: null })).toMatchObject({ NewestCheckedAge: 0 });
  });
});

it("is written where it is asked for by its name, and no other word is passed over", () => {
  expect([{}, { PGKEEP_METRICS: "" }, { PGKEEP_METRICS: "emf" }].map(wantsEmbeddedMetrics)).toEqual([false, false, true]);
  expect(() => wantsEmbeddedMetrics({ PGKEEP_METRICS: "EMF" })).toThrow(
    expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining("PGKEEP_METRICS") }),
  );
});
