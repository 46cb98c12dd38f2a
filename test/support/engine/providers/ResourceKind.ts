import type { PlainProperties, PlainValue, WireProperties } from "./wireValues.js";

/** What the official provider does with one property. Read there, never guessed: `ResourceKind.source` says where. */
export interface PropertyRule {
  /** Whether a change is made in place or by a new resource. */
  onChange: "update" | "replace";
  required?: true;
  /** What the provider fills in where the program says nothing. */
  default?: PlainValue;
  /** Chosen by the server where the program says nothing, and then no difference whatever it is. */
  computed?: true;
  /** Never given by a program, only told by the server. */
  output?: true;
  /** Marked secret by the provider, whatever the program says. */
  secret?: true;
  /** A list whose order says nothing. */
  set?: true;
  /** Made from the resource's name with a random suffix where the program says nothing. */
  autonamed?: true;
  /** Among a provider's arguments: no string, and so sent as JSON in one. */
  encoded?: true;
}

/** What is there after a create, read or update: the whole state, secrets bare (the base marks them again). */
export interface Existing {
  id: string;
  outputs: PlainProperties;
}

/** One resource type of a stand-in. Values are bare: neither secrets nor unknowns reach it. */
export interface ResourceKind<Session> {
  /** `postgresql:index/role:Role` */
  type: string;
  /** Address of the official provider's source or documentation that the rules come from. */
  source: string;
  /**
   * By property, or by a path into one (`spec.selector`) where its parts differ; the longest that matches holds. What matches none fails the
   * test: the stand-in must be extended, not guessed at.
   */
  properties: Readonly<Record<string, PropertyRule>>;
  /** A replacement deletes the old one first: always, or with these inputs, `__defaults` (what the provider filled in) among them. */
  deleteBeforeReplace?: true | ((planned: PlainProperties) => boolean);
  /** Further values that the provider fills in, given what it was last time. */
  fill?(inputs: WireProperties, name: string, old: WireProperties): WireProperties;
  /** Further reasons to refuse, as the official provider's own validation would. */
  check?(inputs: PlainProperties): CheckFailure[];
  /** What a create would give, where the service can be asked without doing it; else, and for undefined, a preview goes by the rules. */
  tryCreate?(session: Session, planned: PlainProperties): Promise<PlainProperties | undefined>;
  /** The same for an update. */
  tryUpdate?(session: Session, old: PlainProperties, planned: PlainProperties): Promise<PlainProperties | undefined>;
  /** `timeoutSeconds` are those of `customTimeouts`, 0 for none. Throws an InitializationFailure where what was made does not come up. */
  create(session: Session, planned: PlainProperties, name: string, timeoutSeconds?: number): Promise<Existing>;
  /** undefined when it is gone. `state` is empty when it is imported. */
  read(session: Session, id: string, state: PlainProperties): Promise<Existing | undefined>;
  update(session: Session, id: string, old: PlainProperties, planned: PlainProperties, timeoutSeconds?: number): Promise<Existing>;
  delete(session: Session, id: string, state: PlainProperties): Promise<void>;
  /** What a program would have to say for what was read, where that is less than the properties of the same names. `inputs` are empty for an import. */
  liveInputs?(outputs: PlainProperties, inputs: PlainProperties): PlainProperties;
}

export interface CheckFailure {
  property: string;
  reason: string;
}
