import { expect, it } from "vitest";
import { scratchServerSettings } from "./scratchServerSettings.js";

it.each([
  [16, undefined],
  [17, "off"],
])("a scratch server of %i listens nowhere, and has event triggers %s", (major, eventTriggers) => {
  expect(scratchServerSettings(major)).toMatchObject({ listen_addresses: "", max_logical_replication_workers: "0" });
  expect(scratchServerSettings(major).event_triggers).toBe(eventTriggers);
});
