/** One editor window: its connection, its views and its status bar, kept up to date. */
import * as vscode from "vscode";
import { Activity } from "./activity.ts";
import { Approvals, SCHEME } from "./approvals.ts";
import { Catalog, type Item } from "./catalog.ts";
import type { Status } from "./contract.ts";
import { Hub } from "./hub.ts";
import { Offer } from "./offer.ts";
import { find } from "./program.ts";
import { StatusBar } from "./status.ts";

/** Milliseconds in which changes that come together are one. */
const TOGETHER = 150;

/** What one editor window has of Portico. */
export class PorticoWindow {
  hub: Hub | undefined;
  status: Status | undefined;
  readonly log: vscode.LogOutputChannel;
  readonly approvals = new Approvals();
  readonly #bar = new StatusBar();
  readonly #catalog = new Catalog(() => this.hub);
  readonly #activity = new Activity(() => this.hub);
  readonly #offer: Offer;
  #waiting = 0;
  #why = "starting";
  #soon: NodeJS.Timeout | undefined;

  readonly #context: vscode.ExtensionContext;

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    const { subscriptions, extension } = context;
    this.log = vscode.window.createOutputChannel("Portico", { log: true });
    this.#offer = new Offer(() => this.hub?.program, String(extension.packageJSON.version));
    subscriptions.push(
      this.log,
      this.#bar,
      vscode.window.registerTreeDataProvider<Item>("portico.catalog", this.#catalog),
      vscode.window.registerTreeDataProvider("portico.activity", this.#activity),
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this.approvals),
      vscode.lm.registerMcpServerDefinitionProvider("portico.servers", this.#offer),
      this.approvals.onWaiting((count) => this.#waits(count)),
      vscode.workspace.onDidChangeConfiguration((change) => this.#configured(change)),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.refresh()),
    );
  }

  /** Connect; where there is no program, say so and how to get it. */
  async start(): Promise<void> {
    const setting = vscode.workspace.getConfiguration("portico").get<string>("path") ?? "";
    const found = find(setting, process.env["PATH"] ?? "");
    if ("why" in found) {
      this.#why = "not found";
      this.log.warn(found.why);
      this.refresh();
      return;
    }
    const hub = new Hub(found.path, this.log, this.#context.secrets, this.approvals);
    hub.onChanged(() => this.refresh());
    this.hub = hub;
    try {
      await hub.start();
    } catch (wrong) {
      this.#why = "did not start";
      this.log.error(`${found.path} did not start: ${String(wrong)}`);
    }
    this.#offer.changed();
    this.refresh();
  }

  async restart(): Promise<void> {
    const hub = this.hub;
    this.hub = this.status = undefined;
    await hub?.dispose();
    await this.start();
  }

  /** Ask again how things are, once for changes that come together. */
  refresh(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.#ask(), TOGETHER);
  }

  async #ask(): Promise<void> {
    try {
      this.status = this.hub?.running ? await this.hub.request("portico/status", {}) : undefined;
    } catch (wrong) {
      this.status = undefined;
      this.log.warn(`The hub did not say how things are: ${String(wrong)}`);
    }
    this.#catalog.refresh();
    this.#activity.refresh();
    void vscode.commands.executeCommand("setContext", "portico.state", this.#state());
    this.#bar.show(this.status, this.#waiting, this.#why, this.hub?.paired ?? false);
  }

  /** What the empty views speak of. */
  #state(): "missing" | "unknown" | "signedOut" | "ready" {
    if (this.status === undefined) {
      return this.hub === undefined ? "missing" : "unknown";
    }
    return this.status.user === null && this.status.registry !== null ? "signedOut" : "ready";
  }

  #waits(count: number): void {
    this.#waiting = count;
    void vscode.commands.executeCommand("setContext", "portico.pending", count);
    this.#bar.show(this.status, count, this.#why, this.hub?.paired ?? false);
  }

  #configured(change: vscode.ConfigurationChangeEvent): void {
    if (change.affectsConfiguration("portico.path")) {
      void this.restart();
    } else if (change.affectsConfiguration("portico")) {
      this.#offer.changed();
    }
  }
}
