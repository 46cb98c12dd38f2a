/*
 * A STAND-IN for the official `pulumi-language-nodejs`: enough for `pulumi preview | up | destroy` on a Pulumi.yaml and for
 * `pulumi package get-schema` on a PulumiPlugin.yaml. It runs what the official one runs, `@pulumi/pulumi/cmd/run` and `…/cmd/run-plugin` of
 * the program's own node_modules. It installs nothing, knows no policy packs, and names no plugins that a program would need.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import grpc, { type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from "@grpc/grpc-js";
import languageService from "@pulumi/pulumi/proto/language_grpc_pb.js";
import messages, {
  type RunPluginRequest,
  type RunPluginResponse,
  type RunRequest,
  type RunResponse,
} from "@pulumi/pulumi/proto/language_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";

/** The engine's address, which it gives after whatever options it passes. */
const engine = process.argv.slice(2).findLast((argument) => !argument.startsWith("-")) ?? "";
const children = new Set<ChildProcess>();

function answering<Response>(answer: () => Response) {
  return (_: unknown, reply: sendUnaryData<Response>) => reply(null, answer());
}

function run({ request }: ServerUnaryCall<RunRequest, RunResponse>, reply: sendUnaryData<RunResponse>): void {
  const folder = request.getPwd();
  const program = request.getInfo()?.getProgramDirectory() || folder;
  const script = createRequire(join(program, "program.js")).resolve("@pulumi/pulumi/cmd/run");
  const options: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    project: request.getProject(),
    stack: request.getStack(),
    pwd: folder,
    organization: request.getOrganization() || "organization",
    parallel: String(request.getParallel()),
  };
  const entry = request.getInfo()?.getEntryPoint() || request.getProgram() || ".";
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  // As the official one: TypeScript unless the project says otherwise (`runtime.options.typescript` in Pulumi.yaml).
  const typescript = request.getInfo()?.getOptions()?.toJavaScript().typescript !== false;
  const env = {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(typescript),
  };
  const stdio: ["ignore", "inherit", "inherit"] = ["ignore", "inherit", "inherit"];
  const child = spawn(process.execPath, [script, ...args, ...(request.getDryrun() ? ["--dry-run"] : []), entry], {
    cwd: folder,
    stdio,
    env,
  });
  children.add(child);
  child.once("close", (code, signal) => {
    children.delete(child);
    const response = new messages.RunResponse();
    // 32: the program failed and has told why (`nodeJSProcessExitedAfterLoggingUserActionableMessage` of pulumi/sdk/nodejs/cmd/run).
    if (code === 32) response.setBail(true);
    else if (code !== 0) response.setError(`Program exited with ${code === null ? `signal ${signal}` : `code ${code}`}`);
    reply(null, response);
  });
}

function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() || request.getProgram();
  const script = createRequire(join(folder, "plugin.js")).resolve("@pulumi/pulumi/cmd/run-plugin");
  const given = request.getEnvList().map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
  const env = { ...process.env, ...Object.fromEntries(given), PULUMI_NODEJS_TYPESCRIPT: "true" };
  const child = spawn(process.execPath, [script, folder, ...request.getArgsList()], {
    cwd: request.getPwd(),
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  child.stdout.on("data", (chunk: Buffer) => call.write(new messages.RunPluginResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk: Buffer) => call.write(new messages.RunPluginResponse().setStderr(chunk)));
  child.once("close", (code) => {
    children.delete(child);
    call.write(new messages.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
  call.once("cancelled", () => child.kill());
}

const server = new grpc.Server();
server.addService(languageService.LanguageRuntimeService, {
  handshake: answering(() => new messages.LanguageHandshakeResponse()),
  getPluginInfo: answering(() => new pluginMessages.PluginInfo().setVersion("0.0.0-stand-in")),
  getRequiredPlugins: answering(() => new messages.GetRequiredPluginsResponse()),
  getRequiredPackages: answering(() => new messages.GetRequiredPackagesResponse()),
  runtimeOptionsPrompts: answering(() => new messages.RuntimeOptionsResponse()),
  about: answering(() => new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  getProgramDependencies: answering(() => new messages.GetProgramDependenciesResponse()),
  installDependencies: (call: ServerWritableStream<unknown, unknown>) => call.end(),
  cancel: answering(() => new empty.Empty()),
  run,
  runPlugin,
});
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    for (const child of children) child.kill(signal);
    process.exit(0);
  });
}
// Nobody else would end it when the CLI is killed.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid === parent) return;
  for (const child of children) child.kill();
  process.exit(1);
}, 1000).unref();
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(port);
});
