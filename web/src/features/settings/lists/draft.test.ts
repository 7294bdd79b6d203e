import { describe, expect, test } from "vitest";
import { ApiProblem } from "@/api/client";
import type { SubscriptionList } from "@/api/lists";
import { beginDraft, bodyOf, draftOf, faultOf, isSame, isWhole } from "./draft";

const list: SubscriptionList = {
  id: "0d6f0000-0000-4000-8000-000000000001",
  name: "Aurora News",
  senderName: "Aurora",
  senderAddress: "ciao@aurora.example.com",
  replyTo: null,
  smsSender: "Aurora",
  timeZone: "Europe/Rome",
  language: "it",
  optIn: "double",
  tracksOpens: true,
  tracksClicks: false,
  confirmationTemplateId: null,
  welcomeTemplateId: null,
  hasWelcome: false,
  warnings: ["free_mailbox"],
};

describe("a list as it is written", () => {
  test("says what the list says, without what only the server knows", () => {
    const { id: _, warnings: __, ...settings } = list;
    expect(bodyOf(draftOf(list)).changed).toEqual(settings);
  });

  test("takes an emptied setting away, and nothing for spaces", () => {
    const draft = { ...draftOf(list), smsSender: "  ", replyTo: " a@b.example " };
    expect(bodyOf(draft).changed).toMatchObject({ smsSender: null, replyTo: "a@b.example" });
  });

  test("names no templates while the list is still to be made", () => {
    const { made } = bodyOf(beginDraft("Europe/Rome", "it"));
    expect(Object.keys(made)).not.toContain("confirmationTemplateId");
    expect(Object.keys(made)).not.toContain("hasWelcome");
  });

  test("is whole once it has a name and a sender", () => {
    const begun = beginDraft("Europe/Rome", "it");
    const named = { ...begun, name: "News", senderName: "Aurora", senderAddress: "ciao@aurora.example.com" };
    expect(isWhole(begun)).toBe(false);
    expect(isWhole(named)).toBe(true);
    expect(isWhole({ ...named, senderName: "  " })).toBe(false);
  });

  test("is the same until something is changed", () => {
    expect(isSame(draftOf(list), draftOf(list))).toBe(true);
    expect(isSame({ ...draftOf(list), optIn: "single" }, draftOf(list))).toBe(false);
  });
});

test("a fault stands beside the setting that it is about", () => {
  const error = new ApiProblem(422, "list_fault", "No.", [
    { path: "senderAddress", sentence: "An email address has an @." },
  ]);
  expect(faultOf(error, "senderAddress")).toBe("An email address has an @.");
  expect(faultOf(error, "name")).toBeUndefined();
  expect(error.sentences).toEqual(["An email address has an @."]);
});
