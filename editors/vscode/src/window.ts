/** One editor window: its connection, its views and its status bar, kept up to date. */
import * as vscode from "vscode";
import { Activity } from "./activity.ts";
import { Approvals } from "./approvals.ts";
import { Catalog, type Item } from "./catalog.ts";
import type { Status } from "./contract.ts";
import { Hub } from "./hub.ts";
import { Offer } from "./offer.ts";
import { find } from "./program.ts";
import { Review, SCHEME } from "./review.ts";
import { type Absence, StatusBar } from "./status.ts";

/** Milliseconds in which changes that come together are one. */
const TOGETHER = 150;

/** What one editor window has of Portico. */
export class PorticoWindow {
  hub: Hub | undefined;
  status: Status | undefined;
  /** How many questions wait in this window. */
  waiting = 0;
  /** How things are here without a status. */
  absence: Absence = { word: "starting", why: "Portico is starting." };
  readonly log: vscode.LogOutputChannel;
  readonly version: string;
  readonly review = new Review(() => this.hub);
  readonly approvals = new Approvals(this.review);
  readonly #bar = new StatusBar();
  readonly #catalog = new Catalog(() => this.hub);
  readonly #activity = new Activity(() => this.hub);
  readonly #offer: Offer;
  #asked = 0;
  #starting: Promise<void> = Promise.resolve();
  #soon: NodeJS.Timeout | undefined;

  readonly #context: vscode.ExtensionContext;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    const { subscriptions, extension } = context;
    this.log = vscode.window.createOutputChannel("Portico", { log: true });
    this.version = String(extension.packageJSON.version);
    this.#offer = new Offer(() => this.hub?.program, this.version);
    subscriptions.push(
      this.log,
      this.#bar,
      vscode.window.registerTreeDataProvider<Item>("portico.catalog", this.#catalog),
      vscode.window.registerTreeDataProvider("portico.activity", this.#activity),
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this.review),
      vscode.lm.registerMcpServerDefinitionProvider("portico.servers", this.#offer),
      this.approvals.onWaiting((count) => this.#waits(count)),
      vscode.workspace.onDidChangeConfiguration((change) => this.#configured(change)),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.refresh()),
    );
  }

  /** End what runs here, and connect anew; one after the other, however often it is wanted. */
  start(): Promise<void> {
    this.#starting = this.#starting.then(() => this.#start());
    return this.#starting;
  }

  /** Connect; where there is no program, say so and how to get it. */
  async #start(): Promise<void> {
    const last = this.hub;
    this.hub = this.status = undefined;
    await last?.dispose();
    const setting = vscode.workspace.getConfiguration("portico").get<string>("path") ?? "";
    const found = find(setting, process.env["PATH"] ?? "");
    if ("why" in found) {
      this.absence = { word: "not found", why: found.why };
      this.log.warn(found.why);
    } else {
      this.log.info(`Starting ${found.path}, which ${found.by} names.`);
      await this.#connect(new Hub(found.path, this.log, this.#context.secrets, this.approvals));
    }
    this.#offer.changed();
    this.refresh();
  }

  async #connect(hub: Hub): Promise<void> {
    hub.onChanged(() => this.refresh());
    this.hub = hub;
    try {
      await hub.start();
      this.absence = { word: "no answer", why: "The hub does not answer." };
    } catch (wrong) {
      this.absence = { word: "did not start", why: `${hub.program} did not start: ${String(wrong)}` };
      this.log.error(this.absence.why);
    }
  }

  /** Ask again how things are, once for changes that come together. */
  refresh(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.#ask(), TOGETHER);
  }

  async #ask(): Promise<void> {
    const asked = ++this.#asked;
    const status = await this.#find();
    if (asked !== this.#asked) {
      return; // A later answer is there or on its way.
    }
    this.status = status;
    void vscode.commands.executeCommand("setContext", "portico.state", this.#state());
    this.#catalog.refresh();
    this.#activity.refresh();
    this.review.changed();
    this.#draw();
  }

  async #find(): Promise<Status | undefined> {
    try {
      return this.hub?.running ? await this.hub.request("portico/status", {}) : undefined;
    } catch (wrong) {
      this.log.warn(`The hub did not say how things are: ${String(wrong)}`);
      return undefined;
    }
  }

  #draw(): void {
    this.#bar.show(this.status, this.waiting, this.absence, this.hub?.paired ?? false);
  }

  /** What the empty views speak of. */
  #state(): "missing" | "unknown" | "signedOut" | "ready" {
    if (this.status === undefined) {
      return this.hub === undefined ? "missing" : "unknown";
    }
    return this.status.user === null && this.status.registry !== null ? "signedOut" : "ready";
  }

  #waits(count: number): void {
    this.waiting = count;
    void vscode.commands.executeCommand("setContext", "portico.pending", count);
    this.#draw();
  }

  #configured(change: vscode.ConfigurationChangeEvent): void {
    if (change.affectsConfiguration("portico.path")) {
      void this.start();
    } else if (change.affectsConfiguration("portico")) {
      this.#offer.changed();
    }
  }
}
