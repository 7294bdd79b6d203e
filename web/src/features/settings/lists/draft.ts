import type { ApiProblem } from "@/api/client";
import type { SubscriptionList } from "@/api/lists";

/** A list as it is being written; empty texts stand for what there is not. */
export interface Draft {
  name: string;
  senderName: string;
  senderAddress: string;
  replyTo: string;
  smsSender: string;
  timeZone: string;
  language: "it" | "en";
  optIn: "single" | "double";
  confirmationTemplateId: string | null;
  hasWelcome: boolean;
  welcomeTemplateId: string | null;
  tracksOpens: boolean;
  tracksClicks: boolean;
}

/** What a new list begins with. */
export function beginDraft(timeZone: string, language: "it" | "en"): Draft {
  return {
    name: "",
    senderName: "",
    senderAddress: "",
    replyTo: "",
    smsSender: "",
    timeZone,
    language,
    optIn: "single",
    confirmationTemplateId: null,
    hasWelcome: false,
    welcomeTemplateId: null,
    tracksOpens: true,
    tracksClicks: true,
  };
}

/** A list as it is, ready to be changed. */
export function draftOf(list: SubscriptionList): Draft {
  const { id: _, warnings: __, ...settings } = list;
  return { ...settings, replyTo: list.replyTo ?? "", smsSender: list.smsSender ?? "" };
}

/** What a draft says that a list has: a new one has no templates yet. */
export function bodyOf(draft: Draft) {
  const { confirmationTemplateId, hasWelcome, welcomeTemplateId, ...settings } = draft;
  const plain = {
    ...settings,
    replyTo: draft.replyTo.trim() || null,
    smsSender: draft.smsSender.trim() || null,
  };
  return { made: plain, changed: { ...plain, confirmationTemplateId, hasWelcome, welcomeTemplateId } };
}

/** Whether a draft says what no list can be without. */
export const isWhole = (draft: Draft): boolean =>
  [draft.name, draft.senderName, draft.senderAddress].every((text) => text.trim() !== "");

/** Whether two drafts say the same. */
export function isSame(one: Draft, other: Draft): boolean {
  return JSON.stringify(bodyOf(one)) === JSON.stringify(bodyOf(other));
}

/** The sentence about one setting, where the server gave one. */
export function faultOf(error: ApiProblem | null, setting: keyof Draft): string | undefined {
  return error?.faults[setting];
}
