/**
 * What a person reads before they decide, made of plain values, so that it can be tested without an editor.
 *
 * Texts come from the hub safe to show. Nothing here is rendered as Markdown.
 */
import { homedir } from "node:os";
import { sep } from "node:path";
import type { Question } from "./contract.ts";

/** Lines of arguments that a dialog shows; longer ones can be opened whole. */
const MOST_LINES = 24;
/** Characters of one such line. */
const WIDEST = 160;
/** Calls that the dialog of a batch lists. */
const MOST_CALLS = 8;
/** Characters of arguments in one line. */
const MOST_CHARACTERS = 240;

/** One line: risk, tool and server. */
export function headline(question: Question): string {
  return `${question.risk.toUpperCase()}: run “${question.tool}” on ${question.title}?`;
}

/** One line of a list of calls. */
export function line(question: Question): string {
  return `${question.risk} · ${question.tool} · ${question.title}`;
}

/** All that a dialog says below its headline. */
export function detail(question: Question): string {
  const shown = shortened(pretty(question.arguments));
  const where = question.workspace === null ? "" : ` in ${place(question.workspace)}`;
  const lines = [
    `Arguments: ${shown.text}`,
    ...(shown.whole ? [] : ["(cut here: “More…” leads to all of them)"]),
    "",
    ...changes(question),
    `Why you are asked: ${question.reason}`,
    `Server: ${question.title}, ${owner(question)}`,
    `Asked by: ${question.host}${where} · question ${question.tag}`,
  ];
  if (question.code !== undefined) {
    lines.push(`To answer in a terminal instead, its code is ${question.code}`);
  }
  return lines.join("\n");
}

/** A folder as people write it: below their home with a tilde. */
export function place(folder: string, home: string = homedir()): string {
  return folder === home || folder.startsWith(home + sep) ? `~${folder.slice(home.length)}` : folder;
}

/** Who runs the server, as the registry says. */
export function owner(question: Question): string {
  const { team, support, contact } = question.owner;
  const reviewed = question.reviewed ? "" : ", not reviewed by your company";
  const reach = support || contact;
  const named = [team, reach].filter((word) => word !== "").join(", ");
  return `${named === "" ? "owner unknown" : `run by ${named}`}${reviewed}`;
}

/** What differs from the last call of the tool that was approved, one line each. */
export function changes(question: Question): string[] {
  if (question.changes === null) {
    return [];
  }
  if (question.changes.length === 0) {
    return ["Since your last yes: nothing changed.", ""];
  }
  const each = question.changes.map(
    ({ path, before, after }) => `  ${path}: ${before ?? "(nothing)"} → ${after ?? "(nothing)"}`,
  );
  return ["Since your last yes:", ...each, ""];
}

/**
 * The arguments as indented JSON; as they came where they are no JSON, for nothing may be hidden.
 *
 * Numbers stand as they came: JavaScript would round long ones, and another row would be shown than is dropped.
 */
export function pretty(text: string): string {
  try {
    JSON.parse(text);
    return escaped(indented(text));
  } catch {
    return escaped(text);
  }
}

/** The parts of a JSON text: strings whole, marks, and words and numbers. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function indented(text: string): string {
  const tokens = text.match(TOKENS) ?? [];
  let out = "";
  let depth = 0;
  const turn = (): string => `\n${"  ".repeat(depth)}`;
  tokens.forEach((token, at) => {
    if (token === "{" || token === "[") {
      depth += 1;
      const next = tokens[at + 1];
      out += next === "}" || next === "]" ? token : token + turn();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      const last = tokens[at - 1];
      out += last === "{" || last === "[" ? token : turn() + token;
    } else if (token === ",") {
      out += token + turn();
    } else if (token === ":") {
      out += ": ";
    } else {
      out += token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
    }
  });
  return out;
}

/** Digits of a number that JavaScript keeps. */
const DIGITS = 15;

/** Whether JavaScript would make another number of one in a JSON text. */
function rounds(text: string): boolean {
  return (text.match(TOKENS) ?? []).some((token) => {
    const digits = /^-?0*([\d.]+)/.exec(token)?.[1]?.replace(".", "") ?? "";
    return digits.length > DIGITS || (digits !== "" && !Number.isFinite(Number(token)));
  });
}

/** The arguments in one line, cut where they are long. */
export function compact(question: Question): string {
  const text = pretty(question.arguments).replace(/\n\s*/g, " ");
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** Several calls, as a dialog lists them; it says how many are left out. */
export function lines(questions: readonly Question[]): string {
  const shown = questions.slice(0, MOST_CALLS).map((one) => `• ${line(one)}\n   ${compact(one)}`);
  const left = questions.length - shown.length;
  return [...shown, ...(left > 0 ? [`… and ${left} more, all of them in the list and in the review`] : [])].join("\n");
}

/** What a person typed, where it is an object as arguments are, and none of its numbers would be rounded. */
export function asArguments(text: string): Record<string, unknown> | undefined {
  try {
    if (rounds(text)) {
      return undefined;
    }
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Characters that hide, reverse or move text, as visible escapes. */
function escaped(text: string): string {
  const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;
  return text.replace(hidden, (found) =>
    found === "\n" ? found : `\\u{${found.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}

function shortened(text: string): { text: string; whole: boolean } {
  const lines = text.split("\n");
  const kept = lines
    .slice(0, MOST_LINES)
    .map((one) => (one.length > WIDEST ? `${one.slice(0, WIDEST)}…` : one));
  return { text: kept.join("\n"), whole: lines.length <= MOST_LINES && lines.every((one) => one.length <= WIDEST) };
}
