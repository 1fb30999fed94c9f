/** Made from ide_protocol/own/contract by `python -m editors.contract`; do not edit. */

/** Who runs a server; empty strings where the registry does not say. */
export type Owner = {
  team: string;
  contact: string;
  support: string;
};

/** One argument that is not as it was at the last approved call; both sides as JSON text. */
export type Change = {
  path: string;
  before: string | null;
  after: string | null;
};

/** A yes in advance. In a question: the most that may be given; `arguments` holds patterns. */
export type LeaseTerms = {
  minutes: number;
  calls: number;
  arguments?: { [key: string]: string };
};

/** What a person says to one question. `arguments` is what the call shall run with instead. `code` goes with a terminal's yes to a `coded` question. */
export type Reply = {
  id: string;
  answer: "yes" | "no" | "stop";
  lease?: LeaseTerms;
  arguments?: { [key: string]: unknown };
  code?: string;
};

/** One answer in advance: a lease (`yes`), or a stop (`no`), which has no end and no count. */
export type Lease = {
  id: string;
  answer: "yes" | "no";
  server: string;
  title: string;
  tool: string;
  arguments: { [key: string]: string };
  host: string;
  workspace: string | null;
  until: number | null;
  left: number | null;
};

/** One pending approval. `arguments` is the exact JSON that will run, `tag` a short name. `surfaces` are where a yes counts; `coded` says that a terminal's needs the question's `code`, which only a paired editor is told, to show it to the person. `difference` stands where it is asked whether to trust what a tool has become. */
export type Question = {
  id: string;
  tag: string;
  server: string;
  title: string;
  owner: Owner;
  reviewed: boolean;
  tool: string;
  risk: string;
  arguments: string;
  reason: string;
  host: string;
  workspace: string | null;
  deadline: number;
  changes: Change[] | null;
  lease: LeaseTerms | null;
  inputSchema: { [key: string]: unknown } | null;
  surfaces: string[];
  coded: boolean;
  code?: string;
  difference?: string[];
};

/** One call of the review. `line` is that of its heading, from 0; `where` its yes counts. `here` says whether this window may give it. `before` and `after` are the addresses of the arguments of the last yes and of now, to be compared; empty where there was no yes. */
export type Reviewed = {
  id: string;
  tag: string;
  line: number;
  here: boolean;
  where: string;
  before: string;
  after: string;
};

/** One tool that is not what was trusted; `before` and `after` are its definitions. */
export type HeldBack = {
  server: string;
  tool: string;
  line: number;
  acceptable: boolean;
  before: string;
  after: string;
};

/** What waits for a person, as a Markdown text; no id and no code of a question is in it. */
export type Review = {
  uri: string;
  text: string;
  calls: Reviewed[];
  held: HeldBack[];
};

/** What a virtual document holds. */
export type Text = {
  text: string;
};

/** One line of the audit. `event` is what happened, `outcome` how an exchange ended. */
export type Record = {
  id: number;
  at: number;
  event: string;
  exchange: string;
  user: string;
  host: string;
  server: string;
  tool: string;
  risk: string;
  verdict: string;
  rule: string;
  surface: string;
  outcome: string;
  reference: string;
  milliseconds: number | null;
  waited: number | null;
  minutes: number | null;
  digest: string;
  summary: string;
  payload: string;
  hash: string;
};

/** Which records: at most `limit`, numbered between `after` and `before`, of these words. */
export type Page = {
  limit?: number;
  after?: number;
  before?: number;
  since?: number;
  until?: number;
  server?: string;
  tool?: string;
  event?: string;
  outcome?: string;
  exchange?: string;
};

/** A page of the audit, newest last; `more` says whether there are older ones of its kind. */
export type Activity = {
  records: Record[];
  more: boolean;
};

/** Milliseconds that so many of a hundred did not exceed. */
export type Spread = {
  p50: number;
  p95: number;
  p99: number;
};

/** Figures of one tool; of a whole server where `tool` is empty, of everything where both are. Rates are shares from 0 to 1, and None of nothing. `latency` is what servers took, `decision` what people did. `minutesSaved` is their owners' estimate. `series` counts calls in equal parts. */
export type Usage = {
  server: string;
  tool: string;
  calls: number;
  succeeded: number;
  failed: number;
  denied: number;
  cancelled: number;
  successRate: number | null;
  errorRate: number | null;
  latency: Spread | null;
  asked: number;
  approved: number;
  rejected: number;
  unanswered: number;
  rejectionRate: number | null;
  decision: Spread | null;
  minutesSaved: number;
  thumbsUp: number;
  thumbsDown: number;
  series: number[];
};

/** What the audit adds up to from `since` until `until`, the busiest first. */
export type Stats = {
  since: number;
  until: number;
  total: Usage;
  servers: Usage[];
  tools: Usage[];
};

/** What a person thinks of one result; `record` is any record of its call in the audit. */
export type Rating = {
  record: number;
  thumb: "up" | "down";
  note?: string;
};

/** One link of the chain that a sign-in hangs on; `skipped` where one before it failed. `expected` says what should be so, `finding` what is; `who` acts and `remedy` says what they do, both empty where all is well, as is `reference`. */
export type ChainLink = {
  name: string;
  expected: string;
  state: "ok" | "warning" | "failed" | "skipped";
  finding: string;
  who: string;
  remedy: string;
  reference: string;
};

/** One finding of the doctor; `remedy` is empty when all is well. */
export type Check = {
  name: string;
  state: "ok" | "warning" | "failed";
  finding: string;
  remedy: string;
};

/** What becomes of one server of a host's file when Portico takes it over. `taken` is written into portico.toml, `there` stands there already, `approved` is behind Portico as `server`, `portico` is its own entry, and `left` stays where it is for `reason`. `toml` is what is written; `secrets` are the names of those that are kept sealed, `missing` of those that a person has to keep yet. */
export type TakenOver = {
  name: string;
  fate: "taken" | "there" | "approved" | "portico" | "left";
  server: string;
  reason: string;
  toml: string;
  secrets: string[];
  missing: string[];
};

/** One thing that went wrong: `who` acts, and `remedy` says what they do. */
export type FaultReport = {
  reference: string;
  message: string;
  who: string;
  remedy: string;
  data?: { [key: string]: unknown };
};

/** Who is signed in; `storage` keeps that: `keyring`, `memory` or `unencrypted-file`. */
export type User = {
  name: string;
  subject: string;
  issuer: string;
  groups: string[];
  storage: string;
};

/** What the person does to sign in: open `page` on any device, and type `code` there. `complete` is the same page with the code filled in, where there is one; `lifetime` how long the code is good. */
export type UserCode = {
  code: string;
  page: string;
  complete?: string;
  lifetime: number;
};

/** Nothing beyond this computer is reached: by a person's word, `since` then, or for now. */
export type Offline = {
  by: "person" | "network";
  since: number | null;
};

/** One server the user may know of. `state` says where its tools come from, `fetched` when. */
export type Server = {
  server: string;
  name: string;
  title: string;
  description: string;
  owner: Owner;
  reviewed: boolean;
  environment: string;
  standing: "offered" | "withheld" | "forbidden" | "sign-in-needed";
  reason: string;
  state: "live" | "snapshot" | "asking" | "absent";
  era: "legacy" | "modern" | "unknown";
  tools: number;
  fetched: number | null;
  fault: FaultReport | null;
};

/** What one server is sent of the person, and how that comes about. `way` is how a token is got: of the company's sign-in by `refresh`, `exchange`, or the company's word at the server's own issuer (`enterprise`); by a sign-in of the server's `own`; as a secret of the user's own in a `header`; `mesh` shows this machine's certificate and nothing of the person; `none` for a server that is sent nothing. `issuer` gives it out. `held` says that one is at hand, until `expires` (None where nobody said); `why` says what stands against it, in a sentence, and is empty also where none was needed yet. */
export type Grant = {
  server: string;
  title: string;
  way: "refresh" | "exchange" | "enterprise" | "own" | "header" | "mesh" | "none";
  audience: string;
  scopes: string[];
  issuer: string;
  held: boolean;
  expires: number | null;
  why: string;
};

/** One tool: `name` is its public name, `tool` the server's own; `verdict` what a call meets. */
export type Tool = {
  name: string;
  server: string;
  tool: string;
  title: string;
  description: string;
  risk: string;
  verdict: "allow" | "ask" | "deny";
  reason: string;
  rule: string;
  inputSchema: { [key: string]: unknown };
};

/** One session of the hub. `host` is what the client calls itself. */
export type Window = {
  id: string;
  role: "mcp" | "lsp" | "cli";
  host: string;
  workspace: string | null;
  pid: number;
  paired: boolean;
};

/** The process that answers. `standalone` is one that serves a single connection. */
export type Hub = {
  version: string;
  pid: number;
  started: number;
  standalone: boolean;
  sessions: Window[];
};

/** Where the list of servers comes from; `fetched` is None before the first answer. */
export type Registry = {
  url: string;
  fetched: number | null;
  fault: FaultReport | null;
};

/** Everything an editor's status bar needs. `summary` is one paragraph for a person. */
export type Status = {
  summary: string;
  user: User | null;
  hub: Hub;
  registry: Registry | null;
  servers: Server[];
  pending: number;
  offline: Offline | null;
  problems: FaultReport[];
};

/** How one tool stands, or a server's instructions, whose `tool` is empty. `by` is whose word trusts it: `first use`, `the company`, `you`, or nobody's yet. `state` is `blocked` while it is in quarantine, for `reason`; `acceptable` says whether you may lift that. */
export type Pin = {
  server: string;
  tool: string;
  state: "trusted" | "blocked";
  by: string;
  since: number | null;
  digest: string;
  reason: string;
  says: string;
  acceptable: boolean;
};

/** What a call would meet, why, and what helps. `groups` are those of which one is missing. `request` is a text to send to the owner where they can help; else it is empty. */
export type Explanation = {
  server: string;
  tool: string;
  name: string;
  title: string;
  owner: Owner;
  verdict: "allow" | "ask" | "deny";
  risk: string;
  rule: string;
  reason: string;
  remedy: string;
  groups: string[];
  request: string;
};

/** One step to a verdict; `verdict` is empty where what was looked at said nothing. */
export type Step = {
  name: string;
  verdict: "allow" | "ask" | "deny" | "";
  rule: string;
  finding: string;
};

/** A workspace as rules may speak of it; empty where it is not known. */
export type Place = {
  path: string;
  remotes: string[];
  tags: string[];
};

/** The way to a verdict, step by step, and what the call would meet. `open` says that the arguments, which were not given, can still make it stricter. `surfaces` are the kinds of surface whose yes would count, the strongest first; `surface` is the one that would show the question now (empty: none would), and `prompt` what it would show. */
export type Weighing = {
  server: string;
  title: string;
  tool: string;
  verdict: "allow" | "ask" | "deny";
  risk: string;
  rule: string;
  reason: string;
  remedy: string;
  open: boolean;
  steps: Step[];
  groups: string[];
  workspace: Place;
  surfaces: string[];
  surface: string;
  lease: LeaseTerms | null;
  prompt: string;
};

/** What goes with each method that a client calls: its params and its result. */
export type Methods = {
  "portico/status": { params: { [key: string]: never }; result: Status };
  "portico/servers": { params: { [key: string]: never }; result: { servers: Server[] } };
  "portico/tools": { params: { server?: string }; result: { tools: Tool[] } };
  "portico/grants": { params: { [key: string]: never }; result: { grants: Grant[] } };
  "portico/signIn": { params: { server?: string; flow?: "best" | "page" | "device" | "paste" }; result: { user?: User } };
  "portico/signInAnswer": { params: { url: string }; result: { [key: string]: never } };
  "portico/signOut": { params: { server?: string }; result: { [key: string]: never } };
  "portico/call": { params: { server: string; tool: string; arguments?: { [key: string]: unknown } }; result: { [key: string]: unknown } };
  "portico/approvals": { params: { [key: string]: never }; result: { approvals: Question[] } };
  "portico/answer": { params: Reply; result: { [key: string]: never } };
  "portico/leases": { params: { [key: string]: never }; result: { leases: Lease[] } };
  "portico/revoke": { params: { id?: string }; result: { leases: Lease[] } };
  "portico/pair": { params: { key: string }; result: { paired: boolean } };
  "portico/page": { params: { [key: string]: never }; result: { url: string } };
  "portico/activity": { params: Page; result: Activity };
  "portico/stats": { params: { since?: number }; result: Stats };
  "portico/why": { params: { server: string; tool?: string }; result: Explanation };
  "portico/doctor": { params: { [key: string]: never }; result: { checks: Check[] } };
  "portico/doctorAuth": { params: { [key: string]: never }; result: { chain: ChainLink[] } };
  "portico/pins": { params: { server?: string }; result: { pins: Pin[] } };
  "portico/pinDifference": { params: { server: string; tool?: string }; result: { before: string; after: string; difference: string[] } };
  "portico/acceptPin": { params: { server: string; tool?: string }; result: { digest: string } };
  "portico/pinBlock": { params: { server: string }; result: { pins: { [key: string]: unknown }; leftOut: string[] } };
  "portico/explain": { params: { server: string; tool: string; arguments?: { [key: string]: unknown }; workspace?: string }; result: Weighing };
  "portico/draft": { params: { server: string }; result: { governance: { [key: string]: unknown }; notes: string[] } };
  "portico/review": { params: { [key: string]: never }; result: Review };
  "portico/document": { params: { uri: string }; result: Text };
  "portico/rate": { params: Rating; result: { [key: string]: never } };
  "portico/secrets": { params: { [key: string]: never }; result: { names: string[] } };
  "portico/keepSecret": { params: { name: string; value: string }; result: { [key: string]: never } };
  "portico/forgetSecret": { params: { name: string }; result: { forgotten: boolean } };
  "portico/offline": { params: { offline: boolean }; result: { offline?: Offline } };
  "portico/takeOver": { params: { text: string; names?: string[]; path?: string; dry?: boolean }; result: { file: string; servers: TakenOver[] } };
  "portico/stop": { params: { [key: string]: never }; result: { [key: string]: never } };
};

/** What the hub asks of an editor, or tells it where there is no result. */
export type Asked = {
  "portico/approve": { params: { questions: Question[] }; result: { answers: Reply[] } };
  "portico/changed": { params: { what: string } };
};
