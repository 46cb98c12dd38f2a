import { expect, it } from "vitest";
import { takeSecrets } from "./takeSecrets.js";

it("keeps secrets for us and from the programs that we start; paths to them stay", () => {
  const processEnvironment = {
    PATH: "/bin",
    PGPASSWORD: "a",
    PGKEEP_IDENTITY: "b",
    PGPASSWORD_FILE: "/run/secrets/a",
    AWS_SECRET_ACCESS_KEY: "c",
    AZURE_STORAGE_KEY: "d",
    PGKEEP_COPY_OFFSITE_AWS_SECRET_ACCESS_KEY: "e",
    PGKEEP_COPY_OFFSITE_AWS_SECRET_ACCESS_KEY_FILE: "/run/secrets/e",
  };
  const before = { ...processEnvironment };
  expect(takeSecrets(processEnvironment)).toEqual(before);
  expect(processEnvironment).toEqual({
    PATH: "/bin",
    PGPASSWORD_FILE: "/run/secrets/a",
    PGKEEP_COPY_OFFSITE_AWS_SECRET_ACCESS_KEY_FILE: "/run/secrets/e",
  });
});
