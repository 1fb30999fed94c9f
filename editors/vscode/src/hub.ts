/** The hub, as this window reaches it: `portico lsp`, and Portico's own methods inside it. */
import * as vscode from "vscode";
import { type FeatureState, LanguageClient, State, type StaticFeature, Trace } from "vscode-languageclient/node";
import type { Approvals } from "./approvals.ts";
import type { Methods, Question, Reply } from "./contract.ts";
import { corrected } from "./correction.ts";
import { said } from "./fault.ts";
import { pairingKey } from "./pairing.ts";
import { SCHEME as REVIEW } from "./review.ts";

/** What the hub is told of while it is written: the review, and configuration by its files' names. */
const DOCUMENTS = [
  { scheme: REVIEW },
  { scheme: "file", pattern: "**/portico.toml" },
  { scheme: "file", pattern: "**/{mcp,.mcp}.json" },
];

/** Says that this editor shows questions and comparisons itself. */
class ShowsQuestions implements StaticFeature {
  fillClientCapabilities(capabilities: { experimental?: unknown }): void {
    // In a browser, what is forwarded has another address than a sign-in may come back to.
    const callback = vscode.env.remoteName !== undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
    capabilities.experimental = { portico: { approvals: true, changes: true, compare: true, callback } };
  }
  initialize(): void {}
  getState(): FeatureState {
    return { kind: "static" };
  }
  clear(): void {}
}

/** One window's connection. */
export class Hub implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #secrets: vscode.SecretStorage;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Path of the program. */
  readonly program: string;
  #paired = false;

  /** Fires when servers, questions or the connection are not what they were. */
  readonly onChanged = this.#changed.event;

  /**
   * @param program Path of the program.
   * @param log Where both sides of the connection write what they have to say.
   * @param secrets Where the pairing key is kept.
   * @param approvals Who puts questions to the person.
   */
  constructor(
    program: string,
    log: vscode.LogOutputChannel,
    secrets: vscode.SecretStorage,
    approvals: Approvals,
  ) {
    this.program = program;
    this.#secrets = secrets;
    const run = { command: program, args: ["lsp"] };
    const middleware = { executeCommand: this.#press.bind(this) };
    const options = { documentSelector: DOCUMENTS, outputChannel: log, middleware };
    this.#client = new LanguageClient("portico", "Portico", run, options);
    this.#client.registerFeature(new ShowsQuestions());
    this.#client.onRequest("portico/approve", async (asked: { questions: Question[] }, withdrawn) => {
      const answers: Reply[] = await approvals.ask(asked.questions, withdrawn);
      return { answers };
    });
    this.#client.onRequest("portico/callback", async ({ url }: { url: string }) => {
      const here = await vscode.env.asExternalUri(vscode.Uri.parse(url));
      return { url: here.toString(true).replace("http://localhost:", "http://127.0.0.1:") };
    });
    this.#client.onNotification("portico/changed", () => this.#changed.fire());
    this.#client.onDidChangeState(({ newState }) => {
      // A client that was started again is another window to the hub, and brings its key again.
      if (newState === State.Running) {
        void this.#pair();
      }
      this.#changed.fire();
    });
  }

  /** Whether the person accepted this editor when they signed in. */
  get paired(): boolean {
    return this.#paired;
  }

  get running(): boolean {
    return this.#client.state === State.Running;
  }

  async start(): Promise<void> {
    await this.#client.start();
    // A trace would hold the pairing key.
    await this.#client.setTrace(Trace.Off);
  }

  /** Ask for one of Portico's own methods. */
  request<M extends keyof Methods>(method: M, params: Methods[M]["params"]): Promise<Methods[M]["result"]> {
    return this.#client.sendRequest<Methods[M]["result"]>(method, params);
  }

  /** A button above a call: *Edit* wants the arguments of the person, and a fault has to be seen. */
  async #press(command: string, given: unknown[]): Promise<void> {
    try {
      // Not by the client's own way, which says of any fault no more than that the request failed.
      const params = { command, arguments: given };
      const found = await this.#client.sendRequest<unknown>("workspace/executeCommand", params);
      const reply = command === "portico.edit" ? await corrected(found as Question) : undefined;
      if (reply !== undefined) {
        await this.request("portico/answer", reply);
      }
    } catch (wrong) {
      void vscode.window.showErrorMessage(said(wrong));
    }
  }

  async #pair(): Promise<void> {
    try {
      const key = await pairingKey(this.#secrets);
      this.#paired = (await this.request("portico/pair", { key })).paired;
    } catch (wrong) {
      this.#client.outputChannel.appendLine(`This editor could not be paired: ${String(wrong)}`);
    }
    this.#changed.fire();
  }

  async dispose(): Promise<void> {
    await this.#client.dispose();
    this.#changed.dispose();
  }
}
