import { expect, describe as group, test } from "vitest";
import type { Step } from "@/api/graph";
import { plain } from "@/lib/sentence";
import { tongueOf } from "@/testing/tongue";
import { describe } from ".";

const steps: [Step, string, string][] = [
  [{ kind: "send_email", templateId: "t", name: "Ciao" }, "Email | Ciao", "Email | Ciao"],
  [{ kind: "send_sms", templateId: "t" }, "SMS | SMS senza nome", "SMS | Unnamed SMS"],
  [{ kind: "wait", period: { amount: 1, unit: "days" } }, "Attesa | 1 giorno", "Wait | 1 day"],
  [
    { kind: "wait", period: { amount: 2, unit: "weeks" }, name: "Riposo" },
    "Attesa | 2 settimane · Riposo",
    "Wait | 2 weeks · Riposo",
  ],
  [
    { kind: "check_now", paths: [{ id: "a", name: "A" }], name: "Chi?" },
    "Controllo · 2 vie | Chi?",
    "Check · 2 paths | Chi?",
  ],
  [
    { kind: "wait_then_check", period: { amount: 3, unit: "hours" }, paths: [] },
    "Aspetta 3 ore, poi controlla | Che cosa è successo intanto?",
    "Wait 3 hours, then check | What happened meanwhile?",
  ],
  [
    { kind: "react", event: "completedOrder", limit: { amount: 30, unit: "days" } },
    "Reagisce a un evento · 30 giorni | Aspetta: Ordine completato",
    "React to an event · 30 days | Awaits: Order completed",
  ],
  [
    {
      kind: "update_contact",
      changes: [{ action: "append", path: "tags.auto", operand: { kind: "value", value: "vip" } }],
    },
    "Aggiorna il contatto | Mette l’etichetta vip.",
    "Update contact | Adds the tag vip.",
  ],
  [
    { kind: "assign_coupon", poolId: "p" },
    "Assegna un codice | Un codice personale",
    "Assign coupon | A personal code",
  ],
  [{ kind: "send_push", templateId: "t", name: "Novità" }, "Push | Novità", "Push | Novità"],
  [
    { kind: "webhook", url: "https://shop.example/points" },
    "Webhook | Una chiamata a shop.example",
    "Webhook | A call to shop.example",
  ],
  [
    { kind: "wait", until: { kind: "time", at: "09:00", weekdays: ["monday"] } },
    "Attesa | Fino alle 09:00 di lunedì",
    "Wait | Until 09:00 on Monday",
  ],
  [
    { kind: "wait_after_message", reaction: "not_opened", period: { amount: 2, unit: "days" } },
    "Attesa dopo un messaggio | Che ne è del messaggio?",
    "Wait after a message | What becomes of the message?",
  ],
  [
    {
      kind: "split",
      paths: [
        { id: "a", percent: 50 },
        { id: "b", percent: 50 },
      ],
    },
    "Divisione · 2 vie | A caso",
    "Split · 2 paths | By chance",
  ],
  [
    {
      kind: "experiment",
      paths: [
        { id: "a", percent: 45 },
        { id: "b", percent: 45 },
      ],
      holdOut: { id: "none", percent: 10 },
      goal: { event: "completedOrder", within: { amount: 7, unit: "days" } },
    },
    "Esperimento · 3 vie | Che cosa funziona meglio?",
    "Experiment · 3 paths | Which works better?",
  ],
  [
    { kind: "start_journey", journeyId: "j" },
    "Inizia un altro percorso | Un altro percorso",
    "Start another journey | Another journey",
  ],
  [
    { kind: "leave_journey", journeyId: "j" },
    "Esce da un altro percorso | Un altro percorso",
    "Leave another journey | Another journey",
  ],
  [
    { kind: "end", outcome: "positive" },
    "Fine · positivo | Fine del percorso",
    "End · positive | End of the journey",
  ],
];

group.each(steps)("a step $kind", (step, italian, english) => {
  test.each([
    ["it", italian],
    ["en", english],
  ] as const)("says in its box what it does (%s)", async (language, said) => {
    const { kicker, title } = describe(step, await tongueOf(language));
    expect(`${kicker} | ${plain(title)}`).toBe(said);
  });

  test.each(["it", "en"] as const)("says it at length, with no word missing (%s)", async (language) => {
    const { sentences } = describe(step, await tongueOf(language));
    expect(sentences.length).toBeGreaterThan(0);
    for (const parts of sentences) expect(plain(parts)).toMatch(/^\p{Lu}[^{}]+[.]$/u);
  });
});
