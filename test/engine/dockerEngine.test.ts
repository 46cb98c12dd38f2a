import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingDocker, startDocker, type TestDocker } from "../support/docker/dockerServer.js";
import { importTinyImage } from "../support/docker/tinyImage.js";
import { assertNoCanary, type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { dockerProvider } from "../support/engine/providers/docker/dockerProvider.js";
import { processesThatName } from "../support/processFamily.js";

/** The provider's own SDK is not needed to see what the engine does with its resource types. */
class Resource extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
}

class DockerProvider extends pulumi.ProviderResource {
  constructor(name: string, { host }: { host: string }) {
    super("docker", name, { host });
  }
}

interface EngineContainer {
  Id: string;
  Config: { Env: string[]; Cmd: string[]; Labels: Record<string, string> };
  HostConfig: { RestartPolicy: { Name: string } };
  State: { Running: boolean };
  NetworkSettings: { Networks: Record<string, { Aliases: string[] }> };
  Mounts: { Type: string; Name: string; Destination: string }[];
}

const secret = "a password of the agent";

describe.skipIf(missingEngine() !== undefined || missingDocker() !== undefined)(
  "containers, networks and volumes of a real Docker Engine",
  () => {
    let docker: TestDocker;
    let stack: EngineStack;
    let declared = { image: "", level: "info", restart: "no", protect: true };

    beforeAll(async () => {
      docker = await startDocker();
      declared.image = await importTinyImage(docker.engine);
      stack = await startStack({
        program: () => Promise.resolve(declare(`unix://${docker.socket}`, declared)),
        providers: [dockerProvider({ socket: docker.socket })],
      });
    });
    afterAll(async () => {
      await stack?.dispose();
      await docker?.stop();
    });

    const agent = () => docker.engine.find<EngineContainer>("/containers/agent/json");
    const volumes = async () => {
      const answer = await docker.engine.find<{ Volumes: { Name: string; Labels: Record<string, string> | null }[] }>("/volumes");
      return (answer?.Volumes ?? []).sort((left, right) => (left.Name < right.Name ? -1 : 1));
    };
    const upWith = async (change: Partial<typeof declared>) => {
      declared = { ...declared, ...change };
      const { steps } = await stack.up();
      return steps
        .filter(({ op }) => op !== "same")
        .map(({ op, name, diff }) => `${op} ${name} ${Object.keys(diff ?? {}).join(" ")}`.trim());
    };

    it("are made by an up, and a second one finds nothing to do", async () => {
      await stack.up();
      const container = await agent();
      expect(container).toMatchObject({
        State: { Running: true },
        Config: { Env: [`PGPASSWORD=${secret}`, "PGKEEP_LOG_LEVEL=info"], Cmd: ["/bin/sleep", "600"], Labels: { job: "backup" } },
      });
      const [kept, points] = await volumes();
      expect(kept?.Name).toBe("kept");
      expect(points).toMatchObject({ Name: expect.stringMatching(/^points-[0-9a-f]{7}$/), Labels: { holds: "recovery points" } });
      expect(container?.Mounts).toEqual([expect.objectContaining({ Type: "volume", Name: points?.Name, Destination: "/points" })]);
      const [[network, endpoint] = [], ...others] = Object.entries(container?.NetworkSettings.Networks ?? {});
      expect(network).toMatch(/^backend-[0-9a-f]{7}$/);
      expect(endpoint?.Aliases).toContain("pgkeep");
      expect(others).toEqual([]);

      expect(await upWith({})).toEqual([]);
      expect((await agent())?.Id).toBe(container?.Id);
    });

    it("have nothing to do either after what is really there was read", async () => {
      await stack.refresh();
      expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).toEqual([]);
    });

    it("are changed in place where the Engine can, else replaced, the old one first", async () => {
      const before = await agent();
      expect(await upWith({ restart: "unless-stopped" })).toEqual(["update agent restart"]);
      expect(await agent()).toMatchObject({ Id: before?.Id, HostConfig: { RestartPolicy: { Name: "unless-stopped" } } });

      expect(await upWith({ level: "debug" })).toEqual([
        "delete-replaced agent",
        "replace agent envs[1]",
        "create-replacement agent envs[1]",
      ]);
      const after = await agent();
      expect(after).toMatchObject({ State: { Running: true }, Config: { Env: [`PGPASSWORD=${secret}`, "PGKEEP_LOG_LEVEL=debug"] } });
      expect(after?.Id).not.toBe(before?.Id);
      expect(await docker.engine.find(`/containers/${before?.Id}/json`)).toBeUndefined();
      assertNoCanary(stack, [secret]);
    });

    it("are removed by a mere refresh where they stand still though they must run, and then made again", async () => {
      await docker.engine.post("/containers/agent/stop?t=0");
      await stack.refresh();
      expect(await agent()).toBeUndefined();
      expect(await upWith({})).toEqual(["create agent"]);
      expect((await agent())?.State.Running).toBe(true);
    });

    it("go with a destroy, which stops at what is protected and leaves the volume that is to be kept", async () => {
      await expect(stack.destroy()).rejects.toThrow(/protected/);
      expect((await volumes()).map(({ Name }) => Name)).toContain((await stack.resources()).find(({ name }) => name === "points")?.id);

      await upWith({ protect: false });
      await stack.destroy();
      expect(await stack.resources()).toEqual([]);
      expect(await docker.engine.find<unknown[]>("/containers/json?all=1")).toEqual([]);
      const networks = await docker.engine.find<{ Name: string }[]>("/networks");
      expect(networks?.map(({ Name }) => Name).sort()).toEqual(["bridge", "host", "none"]);
      expect((await volumes()).map(({ Name }) => Name)).toEqual(["kept"]);
    });

    it("take over the volume that was kept", async () => {
      const [before] = await volumes();
      expect(await upWith({})).toContain("create kept");
      expect((await volumes())[0]).toEqual(before);
    });

    it("refuse an Engine other than the one that they were given", async () => {
      const elsewhere = () => Promise.resolve(declare("unix:///var/run/docker.sock", declared));
      await expect(stack.preview({ program: elsewhere })).rejects.toThrow(/not at unix:\/\/\/var\/run\/docker\.sock/);
    });
  },
);

describe.skipIf(missingDocker() !== undefined)("a Docker Engine of a test", () => {
  it("ends with its containers, mounts and bridges, and leaves no file", async () => {
    const docker = await startDocker();
    try {
      const image = await importTinyImage(docker.engine);
      await docker.engine.post("/containers/create?name=endless", { Image: image, Cmd: ["/bin/sleep", "600"] });
      await docker.engine.post("/containers/endless/start");
      expect(processesThatName(docker.folder)).not.toEqual([]);
    } finally {
      await docker.stop();
    }
    expect(processesThatName(docker.folder)).toEqual([]);
    expect(existsSync(docker.folder)).toBe(false);
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(docker.folder);
    const name = docker.folder.split("/").at(-1) ?? "";
    expect(readdirSync("/sys/fs/cgroup").filter((group) => existsSync(`/sys/fs/cgroup/${group}/${name}`))).toEqual([]);
  });
});

function declare(host: string, { image, level, restart, protect }: { image: string; level: string; restart: string; protect: boolean }) {
  const provider = new DockerProvider("engine", { host });
  const volume = new Resource(
    "docker:index/volume:Volume",
    "points",
    { name: undefined, labels: [{ label: "holds", value: "recovery points" }] },
    { provider, protect },
  );
  new Resource("docker:index/volume:Volume", "kept", { name: "kept" }, { provider, retainOnDelete: true });
  const network = new Resource("docker:index/network:Network", "backend", { name: undefined, internal: true }, { provider });
  new Resource(
    "docker:index/container:Container",
    "agent",
    {
      name: "agent",
      image,
      command: ["/bin/sleep", "600"],
      envs: pulumi.secret([`PGPASSWORD=${secret}`, `PGKEEP_LOG_LEVEL=${level}`]),
      labels: [{ label: "job", value: "backup" }],
      mounts: [{ type: "volume", source: volume.name, target: "/points", readOnly: false }],
      networksAdvanced: [{ name: network.name, aliases: ["pgkeep"] }],
      restart,
    },
    { provider },
  );
}
