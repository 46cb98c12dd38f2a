import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ExitCode } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFile } from "../../configuration/temporaryFolder.fixture.js";
import { gcsAuthorization } from "./gcsAuthorization.js";

const GOOGLE = "https://storage.googleapis.com";
const from = async (text: string) => gcsAuthorization({ GOOGLE_APPLICATION_CREDENTIALS: await temporaryFile("key.json", text) }, GOOGLE)();

describe("who asks Google", () => {
  let tokens: string;
  const server = createServer((incoming, answer) => {
    const isKnown = incoming.url === "/token";
    answer.writeHead(isKnown ? 200 : 400, { "content-type": "application/json" });
    const granted = {
      access_token: "granted",
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 3600,
    };
    incoming
      .resume()
      .once("end", () => answer.end(JSON.stringify(isKnown ? granted : { error: "invalid_grant", error_description: "revoked" })));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    tokens = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  /** A federated identity, as a Pod or a pipeline has one. */
  const federated = async (path: string) =>
    JSON.stringify({
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${tokens}${path}`,
      credential_source: { file: await temporaryFile("token", "subject") },
    });

  it("is nobody where the way is not encrypted, as to an emulator", async () => {
    expect(await gcsAuthorization({ GOOGLE_APPLICATION_CREDENTIALS: "/nowhere" }, "http://127.0.0.1:4443")()).toEqual({});
  });

  it("is whoever the file describes", async () => {
    expect(await from(await federated("/token"))).toMatchObject({ authorization: "Bearer granted" });
  });

  it("is nobody whom Google refuses", async () => {
    await expect(from(await federated("/refused"))).rejects.toThrow(
      expect.objectContaining({ exitCode: ExitCode.Permission, message: expect.stringContaining("does not accept what is in this file") }),
    );
  });

  it.each([
    ["no JSON", "hunter2"],
    ["something else", '{"type": "hunter2"}'],
  ])("is not to be told from a file that is %s, which is not repeated", async (_name, text) => {
    await expect(from(text)).rejects.toThrow(expect.objectContaining({ exitCode: ExitCode.Configuration }));
    await expect(from(text)).rejects.not.toThrow("hunter2");
  });

  it("is not to be told from a file that is not there", async () => {
    const act = gcsAuthorization({ GOOGLE_APPLICATION_CREDENTIALS: "/nowhere/key.json" }, GOOGLE)();
    await expect(act).rejects.toThrow(/GOOGLE_APPLICATION_CREDENTIALS/);
  });
});
