/** Arguments that a person corrects before a call runs. */
import * as vscode from "vscode";
import type { Question, Reply } from "./contract.ts";
import { asArguments, headline } from "./question.ts";

/** The yes to a call with other arguments; undefined where the person went back. */
export async function corrected(
  question: Question,
  withdrawn?: vscode.CancellationToken,
): Promise<Reply | undefined> {
  const options = {
    title: headline(question),
    prompt: "The arguments as JSON. What you leave here is what runs, and the model is told.",
    value: question.arguments,
    ignoreFocusOut: true,
    validateInput: (typed: string) =>
      asArguments(typed) === undefined
        ? "This is no JSON object, or a number in it is too long to be kept here."
        : undefined,
  };
  const text = await vscode.window.showInputBox(options, withdrawn);
  const changed = text === undefined ? undefined : asArguments(text);
  return changed === undefined ? undefined : { id: question.id, answer: "yes", arguments: changed };
}
