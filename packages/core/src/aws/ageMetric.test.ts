import { describe, expect, test } from "vitest";
import { AgeMetric, ageAlarmRule, alarmWindowProblem } from "./ageMetric.js";

test("the metrics have the names that alarms out there watch", () => {
  expect(Object.values(AgeMetric)).toEqual(["NewestCheckedAge", "NewestProvenAge"]);
});

describe("the alarm of an age", () => {
  test("one good hour within the objective keeps it silent", () => {
    expect(ageAlarmRule(26)).toEqual({ period: 3600, evaluationPeriods: 26, datapointsToAlarm: 26, threshold: 93_600 });
  });

  test("what is proven may be older than an alarm can look back: the window is the time between two runs", () => {
    expect(ageAlarmRule(35 * 24, 26)).toEqual({ period: 3600, evaluationPeriods: 26, datapointsToAlarm: 26, threshold: 3_024_000 });
  });
});

describe("the hours that an alarm looks back", () => {
  test.each([
    [0, "the alarm counts whole hours, so this must be a whole number of them"],
    [1, undefined],
    [1.5, "the alarm counts whole hours, so this must be a whole number of them"],
    [168, undefined],
    [169, "a CloudWatch alarm looks back at most 7 days"],
  ])("%s", (hours, problem) => expect(alarmWindowProblem(hours)).toBe(problem));
});
