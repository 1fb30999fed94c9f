/**
 * Questions as dialogs: one at a time, never a notification that Do Not Disturb would hide.
 *
 * The first button runs nothing, because it is the one that a typing person hits. Whatever is not an
 * explicit yes is a no: closing, Escape, and what a list leaves unticked.
 */
import * as vscode from "vscode";
import type { Question, Reply } from "./contract.ts";
import { corrected } from "./correction.ts";
import { compact, detail, headline, line, lines } from "./question.ts";
import type { Review } from "./review.ts";

const DENY = "Don't Run";
const ALLOW = "Allow Once";
const MORE = "More…";
const NONE = "Run None";
const TICK = "Tick Those That May Run…";
const REVIEW = "Review in an Editor…";

/** The prompts of one window. */
export class Approvals {
  readonly #waiting = new vscode.EventEmitter<number>();
  readonly #again = new vscode.EventEmitter<void>();
  readonly #review: Review;
  #turn: Promise<unknown> = Promise.resolve();
  #count = 0;
  #laidAside = false;

  /** Fires with how many questions wait in this window. */
  readonly onWaiting = this.#waiting.event;

  /** @param review Where questions can be read whole, and answered as well. */
  constructor(review: Review) {
    this.#review = review;
  }

  /** Put questions to the person, after all that came before them. */
  async ask(questions: readonly Question[], withdrawn: vscode.CancellationToken): Promise<Reply[]> {
    this.#add(questions.length);
    const turn = this.#turn.then(() => this.#put(questions, withdrawn));
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#add(-questions.length);
    }
  }

  /** Put the question again that was laid aside for the review; false where there is none. */
  resume(): boolean {
    const aside = this.#laidAside;
    this.#again.fire();
    return aside;
  }

  #add(count: number): void {
    this.#count += count;
    this.#waiting.fire(this.#count);
  }

  /** Ask until there is an answer; what is answered or withdrawn elsewhere meanwhile needs none. */
  async #put(questions: readonly Question[], withdrawn: vscode.CancellationToken): Promise<Reply[]> {
    let left = questions;
    for (;;) {
      const [only] = left;
      if (only === undefined || withdrawn.isCancellationRequested) {
        return [];
      }
      const replies = await (left.length === 1 ? this.#one(only, withdrawn) : several(left, withdrawn));
      if (replies !== REVIEW) {
        if (withdrawn.isCancellationRequested && replies.some(({ answer }) => answer === "yes")) {
          void vscode.window.showInformationMessage("That call was answered or withdrawn meanwhile. Your yes ran nothing.");
        }
        return replies;
      }
      await this.#layAside(only, withdrawn);
      const open = withdrawn.isCancellationRequested ? new Set<string>() : await this.#review.open();
      left = left.filter(({ id }) => open.has(id));
    }
  }

  /** Show the review, until the question is answered there or the person comes back to the dialog. */
  async #layAside(question: Question, withdrawn: vscode.CancellationToken): Promise<void> {
    const over = new Promise<void>((resolve) => {
      const heard = [this.#again.event(() => end()), withdrawn.onCancellationRequested(() => end())];
      const end = (): void => {
        vscode.Disposable.from(...heard).dispose();
        resolve();
      };
    });
    this.#laidAside = true;
    try {
      await this.#review.show(question.tag);
      await over;
    } finally {
      this.#laidAside = false;
    }
  }

  async #one(question: Question, withdrawn: vscode.CancellationToken): Promise<Reply[] | typeof REVIEW> {
    for (;;) {
      const options = { modal: true, detail: detail(question) };
      const chosen = await vscode.window.showWarningMessage(headline(question), options, DENY, ALLOW, MORE);
      if (chosen !== MORE) {
        return [{ id: question.id, answer: chosen === ALLOW ? "yes" : "no" }];
      }
      const reply = await more(question, withdrawn);
      if (reply === REVIEW) {
        return REVIEW;
      }
      if (reply !== undefined || withdrawn.isCancellationRequested) {
        return reply === undefined ? [] : [reply];
      }
    }
  }
}

/** The answers that are given rarely; undefined leads back to the question. */
async function more(
  question: Question,
  withdrawn: vscode.CancellationToken,
): Promise<Reply | typeof REVIEW | undefined> {
  const { id, lease } = question;
  type Answer = Reply | typeof REVIEW | undefined;
  const items: (vscode.QuickPickItem & { run: () => Promise<Answer> })[] = [
    { label: "$(arrow-left) Back to the question", run: async () => undefined },
    {
      label: "$(file-code) Review in an editor",
      description: "Everything that waits, whole; it is answered there as well.",
      run: async () => REVIEW,
    },
    {
      label: "$(circle-slash) Don't run, and stop asking in this session",
      description: `Further calls of ${question.tool} are denied at once.`,
      run: async () => ({ id, answer: "stop" }),
    },
  ];
  if (lease !== null) {
    const terms = { minutes: Math.min(lease.minutes, 30), calls: Math.min(lease.calls, 20) };
    items.splice(2, 0, {
      label: `$(clock) Allow ${terms.calls} calls in ${terms.minutes} minutes`,
      description: "This tool, in this workspace, whatever its arguments.",
      run: async () => ({ id, answer: "yes", lease: terms }),
    });
  }
  if (question.inputSchema !== null) {
    items.splice(2, 0, {
      label: "$(edit) Correct the arguments, then run",
      run: () => corrected(question, withdrawn),
    });
  }
  const options = { title: headline(question), ignoreFocusOut: true };
  return (await vscode.window.showQuickPick(items, options, withdrawn))?.run();
}

async function several(
  questions: readonly Question[],
  withdrawn: vscode.CancellationToken,
): Promise<Reply[] | typeof REVIEW> {
  const hosts = [...new Set(questions.map((question) => question.host))].join(", ");
  const title = `${hosts} asks to run ${questions.length} calls`;
  const options = { modal: true, detail: lines(questions) };
  const chosen = await vscode.window.showWarningMessage(title, options, NONE, TICK, REVIEW);
  if (chosen === REVIEW) {
    return REVIEW;
  }
  const ticked = chosen === TICK ? await tick(title, questions, withdrawn) : new Set<string>();
  return questions.map(({ id }) => ({ id, answer: ticked.has(id) ? "yes" : "no" }));
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
