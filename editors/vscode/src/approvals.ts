/**
 * Questions as dialogs: one at a time, never a notification that Do Not Disturb would hide.
 *
 * The first button runs nothing, because it is the one that a typing person hits. Whatever is not an
 * explicit yes is a no: closing, Escape, and what a list leaves unticked.
 */
import * as vscode from "vscode";
import type { Question, Reply } from "./contract.ts";
import { detail, headline, line, pretty, whole } from "./question.ts";

const DENY = "Don't Run";
const ALLOW = "Allow Once";
const MORE = "More…";
const NONE = "Run None";
const TICK = "Tick Those That May Run…";

/** The scheme of documents that show a question whole. */
export const SCHEME = "portico-question";

/** The prompts of one window. */
export class Approvals implements vscode.TextDocumentContentProvider {
  readonly #waiting = new vscode.EventEmitter<number>();
  readonly #documents = new Map<string, string>();
  #turn: Promise<unknown> = Promise.resolve();
  #count = 0;

  /** Fires with how many questions wait in this window. */
  readonly onWaiting = this.#waiting.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#documents.get(uri.path) ?? "This question is gone.";
  }

  /** Put questions to the person, after all that came before them. */
  async ask(questions: readonly Question[], withdrawn: vscode.CancellationToken): Promise<Reply[]> {
    this.#add(questions.length);
    const turn = this.#turn.then(() => (withdrawn.isCancellationRequested ? [] : this.#put(questions, withdrawn)));
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#add(-questions.length);
    }
  }

  #add(count: number): void {
    this.#count += count;
    this.#waiting.fire(this.#count);
  }

  async #put(questions: readonly Question[], withdrawn: vscode.CancellationToken): Promise<Reply[]> {
    const [only] = questions;
    if (only === undefined) {
      return [];
    }
    return questions.length === 1 ? [await this.#one(only)] : this.#several(questions, withdrawn);
  }

  async #one(question: Question): Promise<Reply> {
    for (;;) {
      const options = { modal: true, detail: detail(question) };
      const chosen = await vscode.window.showWarningMessage(headline(question), options, DENY, ALLOW, MORE);
      if (chosen === ALLOW) {
        return { id: question.id, answer: "yes" };
      }
      if (chosen !== MORE) {
        return { id: question.id, answer: "no" };
      }
      const reply = await this.#more(question);
      if (reply !== undefined) {
        return reply;
      }
    }
  }

  /** The answers that are given rarely; undefined leads back to the question. */
  async #more(question: Question): Promise<Reply | undefined> {
    const { id, lease } = question;
    const items: (vscode.QuickPickItem & { run: () => Promise<Reply | undefined> })[] = [
      { label: "$(arrow-left) Back to the question", run: async () => undefined },
      { label: "$(file-code) Show everything in an editor", run: () => this.#show(question) },
      { label: "$(edit) Correct the arguments, then run", run: () => this.#correct(question) },
      {
        label: "$(circle-slash) Don't run, and stop asking in this session",
        description: `Further calls of ${question.tool} are denied at once.`,
        run: async () => ({ id, answer: "stop" }),
      },
    ];
    if (lease !== null) {
      const terms = { minutes: Math.min(lease.minutes, 30), calls: Math.min(lease.calls, 20) };
      items.splice(3, 0, {
        label: `$(clock) Allow ${terms.calls} calls in ${terms.minutes} minutes`,
        description: "This tool, in this workspace, whatever its arguments.",
        run: async () => ({ id, answer: "yes", lease: terms }),
      });
    }
    const title = headline(question);
    const chosen = await vscode.window.showQuickPick(items, { title, ignoreFocusOut: true });
    return chosen?.run();
  }

  async #correct(question: Question): Promise<Reply | undefined> {
    const text = await vscode.window.showInputBox({
      title: headline(question),
      prompt: "The arguments as JSON. What you leave here is what runs, and the model is told.",
      value: question.arguments,
      ignoreFocusOut: true,
      validateInput: (typed) => (asArguments(typed) === undefined ? "This is no JSON object." : undefined),
    });
    const corrected = text === undefined ? undefined : asArguments(text);
    return corrected === undefined ? undefined : { id: question.id, answer: "yes", arguments: corrected };
  }

  async #show(question: Question): Promise<undefined> {
    const path = `/${question.tag}/${question.tool}.txt`;
    this.#documents.set(path, whole(question));
    await vscode.window.showTextDocument(vscode.Uri.from({ scheme: SCHEME, path }), { preview: true });
    const waiting = `${headline(question)} It waits until you go on.`;
    await vscode.window.showQuickPick(["Back to the question"], { title: waiting, ignoreFocusOut: true });
    this.#documents.delete(path);
    return undefined;
  }

  async #several(questions: readonly Question[], withdrawn: vscode.CancellationToken): Promise<Reply[]> {
    const hosts = [...new Set(questions.map((question) => question.host))].join(", ");
    const title = `${hosts} asks to run ${questions.length} calls`;
    const options = { modal: true, detail: questions.map((one) => `• ${line(one)}\n   ${compact(one)}`).join("\n") };
    const chosen = await vscode.window.showWarningMessage(title, options, NONE, TICK);
    const ticked = chosen === TICK ? await tick(title, questions, withdrawn) : new Set<string>();
    return questions.map(({ id }) => ({ id, answer: ticked.has(id) ? "yes" : "no" }));
  }
}

/** A list with a box for each call, none of them ticked; the ids of those that were. */
function tick(
  title: string,
  questions: readonly Question[],
  withdrawn: vscode.CancellationToken,
): Promise<ReadonlySet<string>> {
  return new Promise((resolve) => {
    const list = vscode.window.createQuickPick<vscode.QuickPickItem & { id: string }>();
    list.title = title;
    list.placeholder = "Tick the calls that may run; the others do not.";
    list.canSelectMany = true;
    list.ignoreFocusOut = true;
    list.items = questions.map((one) => ({ id: one.id, label: line(one), description: one.tag, detail: compact(one) }));
    const gone = withdrawn.onCancellationRequested(() => list.hide());
    let ticked = new Set<string>();
    list.onDidAccept(() => {
      ticked = new Set(list.selectedItems.map(({ id }) => id));
      list.hide();
    });
    list.onDidHide(() => {
      gone.dispose();
      list.dispose();
      resolve(ticked);
    });
    list.show();
  });
}

function compact(question: Question): string {
  return pretty(question.arguments).replace(/\n\s*/g, " ").slice(0, 400);
}

function asArguments(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
