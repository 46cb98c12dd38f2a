import { describe, expect, it } from "vitest";
import { ExitCode } from "../exitCode.js";
import { FINAL_DRILL_EXIT_CODES, FINAL_EXIT_CODES, podFailureRules } from "./podFailurePolicy.js";

describe("what a failed Pod means for its Job", () => {
  it("is the end for codes after which another try would end the same", () => {
    expect(FINAL_EXIT_CODES).toEqual([64, 65, 77, 78, 80]);
  });
  it.each([ExitCode.Unavailable, ExitCode.TryAgain, ExitCode.InputOutput, ExitCode.NoSpace])("is another try for %i", (code) => {
    expect(FINAL_EXIT_CODES).not.toContain(code);
  });
  it("is the end of a drill also where nothing could be verified", () => {
    expect(FINAL_DRILL_EXIT_CODES).toEqual([64, 65, 66, 77, 78, 79, 80]);
    expect(podFailureRules("agent", FINAL_DRILL_EXIT_CODES)[1]?.onExitCodes?.values).toEqual(FINAL_DRILL_EXIT_CODES);
  });
  it("has rules that the API takes: codes sorted, each once, none of them 0; disruptions before codes", () => {
    const [disruption, codes] = podFailureRules("agent");
    expect(disruption).toEqual({ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] });
    const values = codes?.onExitCodes?.values ?? [];
    expect(values).toEqual([...new Set(values)].sort((one, other) => one - other));
    expect(values).not.toContain(0);
    expect(codes?.onExitCodes?.containerName).toBe("agent");
  });
});
