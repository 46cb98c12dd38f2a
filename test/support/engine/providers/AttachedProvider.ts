import grpc, { type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { CreateRequest, DeleteRequest, InvokeRequest, ReadRequest, UpdateRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import messages, {
  type CheckRequest,
  type CheckResponse,
  type ConfigureRequest,
  type DiffRequest,
} from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { checkProperties } from "./checkProperties.js";
import { compareProperties, type Difference } from "./compareProperties.js";
import { diffResponse } from "./diffResponse.js";
import { InitializationFailure } from "./InitializationFailure.js";
import { initFailedStatus } from "./initFailedStatus.js";
import { foresee, importedInputs, kept, withoutDefaults, withoutInternal } from "./plannedState.js";
import type { Existing, PropertyRule, ResourceKind } from "./ResourceKind.js";
import {
  containsUnknown,
  fromStruct,
  keepSecrets,
  type PlainProperties,
  plain,
  plainProperties,
  toStruct,
  type WireProperties,
} from "./wireValues.js";

export interface ProviderDescription<Session> {
  /** The package that it stands in for: `postgresql`. */
  name: string;
  /** The official provider's release whose rules it follows. */
  version: string;
  /** Rules of the provider resource's own arguments, and where they were read. */
  configuration: { source: string; properties: Readonly<Record<string, PropertyRule>> };
  kinds: readonly ResourceKind<Session>[];
  /** Opens what the resources work on, from the provider resource's arguments. */
  configure(configuration: PlainProperties): Session | Promise<Session>;
  /** Ends a session, when the stack is disposed of. */
  close?(session: Session): Promise<void>;
  /** Bridged from Terraform: a zero value is an absent one, and defaults are kept among the inputs under `__defaults`. */
  bridged: boolean;
}

/**
 * A STAND-IN for an official Pulumi provider, which the real engine talks to over gRPC (PULUMI_DEBUG_PROVIDERS). It knows the rules that were
 * copied from the official one, gaps included, for the resource types that our components use, and fails the test on anything else.
 */
export class AttachedProvider<Session = unknown> {
  readonly name: string;
  private readonly server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  /** By the engine's connection: it opens one for each provider resource, and no other message says which of them is meant. */
  private readonly sessions = new Map<string, Session>();
  private readonly met: string[] = [];
  private readonly kinds: ReadonlyMap<string, ResourceKind<Session>>;

  constructor(private readonly description: ProviderDescription<Session>) {
    this.name = description.name;
    this.kinds = new Map(description.kinds.map((kind) => [kind.type, kind]));
  }

  /** The port it listens on, of 127.0.0.1. */
  start(): Promise<number> {
    const { ResourceProviderService } = providerService;
    this.server.addService(ResourceProviderService, {
      handshake: this.answering(() => new messages.ProviderHandshakeResponse().setAcceptSecrets(true)),
      attach: this.answering(() => new empty.Empty()),
      cancel: this.answering(() => new empty.Empty()),
      getPluginInfo: this.answering(() => new pluginMessages.PluginInfo().setVersion(this.description.version)),
      checkConfig: this.answering((request: CheckRequest) => this.checkConfig(request)),
      diffConfig: this.answering((request: DiffRequest) => this.diffConfig(request)),
      configure: this.answering((request: ConfigureRequest, peer) => this.configure(request, peer)),
      check: this.answering((request: CheckRequest) => this.check(request)),
      diff: this.answering((request: DiffRequest) => this.diff(request)),
      create: this.answering((request: CreateRequest, peer) => this.create(request, peer)),
      read: this.answering((request: ReadRequest, peer) => this.read(request, peer)),
      update: this.answering((request: UpdateRequest, peer) => this.update(request, peer)),
      delete: this.answering((request: DeleteRequest, peer) => this.delete(request, peer)),
      invoke: this.answering((request: InvokeRequest) => this.gap(`the function ${request.getTok()}`)),
    });
    return new Promise((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      this.server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
    });
  }

  async stop(): Promise<void> {
    this.server.forceShutdown();
    const sessions = [...this.sessions.values()];
    this.sessions.clear();
    await Promise.all(sessions.map((session) => this.description.close?.(session)));
  }

  /** What it was asked for and has no rule for. */
  gaps(): readonly string[] {
    return this.met;
  }

  private checkConfig(request: CheckRequest): CheckResponse {
    const { source, properties } = this.description.configuration;
    const inputs = fromStruct(request.getNews());
    for (const name of Object.keys(inputs))
      if (properties[name] === undefined && name !== "version") this.gap(`the argument ${name}`, source);
    return new messages.CheckResponse().setInputs(toStruct(inputs));
  }

  private diffConfig(request: DiffRequest) {
    const { properties } = this.description.configuration;
    const old = plainProperties(fromStruct(request.getOldInputs() ?? request.getOlds()));
    const planned = plainProperties(fromStruct(request.getNews()));
    return diffResponse(compareProperties(properties, old, planned, this.description.bridged), false);
  }

  private async configure(request: ConfigureRequest, peer: string) {
    const configuration = plainProperties(fromStruct(request.getArgs()));
    this.sessions.set(
      peer,
      await this.description.configure(decodeConfiguration(configuration, this.description.configuration.properties)),
    );
    const response = new messages.ConfigureResponse();
    return response.setAcceptsecrets(true).setSupportspreview(true).setAcceptresources(false).setAcceptoutputs(false);
  }

  private check(request: CheckRequest): CheckResponse {
    const kind = this.kindOf(request.getUrn());
    const { inputs, failures, unruled } = checkProperties(kind, {
      name: nameOf(request.getUrn()),
      old: fromStruct(request.getOlds()),
      given: fromStruct(request.getNews()),
      bridged: this.description.bridged,
    });
    for (const path of unruled) this.gap(`the property ${path} of ${kind.type}`, kind.source);
    const response = new messages.CheckResponse().setInputs(toStruct(inputs));
    const list = failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason));
    return response.setFailuresList(list);
  }

  private diff(request: DiffRequest) {
    const kind = this.kindOf(request.getUrn());
    // A bridged provider compares with the state, in which a refresh has put what is really there.
    const old = fromStruct(this.description.bridged ? request.getOlds() : request.getOldInputs());
    const planned = fromStruct(request.getNews());
    const differences = this.differences(kind, old, planned, request.getIgnorechangesList());
    const first = kind.deleteBeforeReplace ?? false;
    return diffResponse(differences, typeof first === "function" ? first(plainProperties(planned)) : first);
  }

  private differences(kind: ResourceKind<Session>, old: WireProperties, news: WireProperties, ignored: readonly string[]): Difference[] {
    const differences = compareProperties(kind.properties, plainProperties(old), withoutInternal(news), this.description.bridged);
    return differences.filter(
      ({ path }) => !ignored.some((prefix) => path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`)),
    );
  }

  private async create(request: CreateRequest, peer: string) {
    const kind = this.kindOf(request.getUrn());
    const given = fromStruct(request.getProperties());
    if (request.getPreview()) {
      const outputs = containsUnknown(given) ? undefined : await kind.tryCreate?.(this.session(peer), withoutInternal(given));
      const foreseen = outputs === undefined ? foresee(kind, given) : this.marked(kind, { id: "", outputs }, [given]);
      return new messages.CreateResponse().setProperties(toStruct(foreseen));
    }
    const mark = (existing: Existing) => this.marked(kind, existing, [given]);
    const made = kind.create(this.session(peer), withoutInternal(given), nameOf(request.getUrn()), request.getTimeout());
    const { id, outputs } = await comingUp(made, mark);
    return new messages.CreateResponse().setId(id).setProperties(toStruct(mark({ id, outputs })));
  }

  private async read(request: ReadRequest, peer: string) {
    const kind = this.kindOf(request.getUrn());
    const state = fromStruct(request.getProperties());
    const inputs = fromStruct(request.getInputs());
    const existing = await kind.read(this.session(peer), request.getId(), plainProperties(state));
    if (existing === undefined) return new messages.ReadResponse();
    const outputs = this.marked(kind, existing, [state, inputs]);
    if (kind.liveInputs !== undefined) {
      const live = { id: existing.id, outputs: kind.liveInputs(existing.outputs, plainProperties(inputs)) };
      const response = new messages.ReadResponse().setId(existing.id).setProperties(toStruct(outputs));
      return response.setInputs(toStruct(this.marked(kind, live, [inputs])));
    }
    const names =
      Object.keys(state).length === 0
        ? importedInputs(kind, existing.outputs)
        : Object.keys(inputs).filter((name) => name !== "__defaults");
    const found = Object.fromEntries(names.map((name) => [name, outputs[name] ?? inputs[name] ?? null]));
    const defaults = this.description.bridged ? { __defaults: inputs.__defaults ?? [] } : {};
    const response = new messages.ReadResponse().setId(existing.id).setProperties(toStruct(outputs));
    return response.setInputs(toStruct({ ...found, ...defaults }));
  }

  private async update(request: UpdateRequest, peer: string) {
    const kind = this.kindOf(request.getUrn());
    const old = fromStruct(request.getOlds());
    const given = fromStruct(request.getNews());
    const planned = { ...kept(kind, old, given), ...given };
    if (request.getPreview()) {
      const asked = containsUnknown(given)
        ? undefined
        : kind.tryUpdate?.(this.session(peer), plainProperties(old), withoutInternal(planned));
      const outputs = await asked;
      const foreseen = outputs === undefined ? withoutDefaults(planned) : this.marked(kind, { id: request.getId(), outputs }, [given, old]);
      return new messages.UpdateResponse().setProperties(toStruct(foreseen));
    }
    const mark = (existing: Existing) => this.marked(kind, existing, [given, old]);
    const [id, timeout] = [request.getId(), request.getTimeout()];
    const made = kind.update(this.session(peer), id, plainProperties(old), withoutInternal(planned), timeout);
    return new messages.UpdateResponse().setProperties(toStruct(mark(await comingUp(made, mark))));
  }

  private async delete(request: DeleteRequest, peer: string) {
    const kind = this.kindOf(request.getUrn());
    await kind.delete(this.session(peer), request.getId(), plainProperties(fromStruct(request.getProperties())));
    return new empty.Empty();
  }

  private marked(kind: ResourceKind<Session>, { id, outputs }: Existing, before: WireProperties[]): WireProperties {
    const state = this.description.bridged ? { ...outputs, id } : outputs;
    return keepSecrets(state, before, (name) => kind.properties[name]?.secret === true);
  }

  private kindOf(urn: string): ResourceKind<Session> {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    return this.kinds.get(type) ?? this.gap(`the resource type ${type}`);
  }

  private session(peer: string): Session {
    if (!this.sessions.has(peer)) throw new Error(`${this.name} was not configured.`);
    return this.sessions.get(peer) as Session;
  }

  private gap(what: string, source?: string): never {
    const where = source === undefined ? "" : ` Its rules were read at ${source}`;
    const message = `The STAND-IN for the official provider \`${this.name}\` has no rule for ${what}: add it, with its source.${where}`;
    if (!this.met.includes(message)) this.met.push(message);
    throw new Error(message);
  }

  private answering<Request, Response>(answer: (request: Request, peer: string) => Response | Promise<Response>) {
    return async (call: ServerUnaryCall<Request, Response>, reply: sendUnaryData<Response>) => {
      try {
        reply(null, await answer(call.request, call.getPeer()));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (error instanceof NotComeUp)
          reply({ code: grpc.status.UNKNOWN, ...initFailedStatus(error.id, error.properties, error.reasons) });
        else reply({ code: grpc.status.UNKNOWN, details: `[STAND-IN ${this.name}] ${message}` });
      }
    };
  }
}

/** An InitializationFailure as it goes to the engine. */
class NotComeUp extends Error {
  constructor(
    readonly id: string,
    readonly properties: WireProperties,
    readonly reasons: string[],
  ) {
    super(reasons[0]);
  }
}

async function comingUp(making: Promise<Existing>, mark: (existing: Existing) => WireProperties): Promise<Existing> {
  try {
    return await making;
  } catch (error) {
    if (!(error instanceof InitializationFailure)) throw error;
    throw new NotComeUp(error.existing.id, mark(error.existing), error.reasons);
  }
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Pulumi's SDKs send a provider's arguments as strings: what is none, as JSON in one. */
function decodeConfiguration(configuration: PlainProperties, rules: Readonly<Record<string, PropertyRule>>): PlainProperties {
  return Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => {
      const encoded = rules[name]?.encoded === true && typeof value === "string";
      return [name, encoded ? plain(JSON.parse(value)) : value];
    }),
  );
}
