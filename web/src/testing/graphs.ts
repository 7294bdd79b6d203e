import type { Condition, Graph, Test } from "@/api/graph";

const test = (
  source: Test["source"],
  path: string,
  type: Test["type"],
  operator: string,
  ...values: unknown[]
): Test => ({
  kind: "test",
  source,
  path,
  type,
  operator,
  operands: values.map((value) => ({ kind: "value", value })),
});
const all = (...conditions: Condition[]): Condition => ({ kind: "and", conditions });

const usedCoupon: Test = {
  kind: "test",
  source: "event",
  path: "coupon",
  type: "text",
  operator: "equals",
  operands: [{ kind: "captured", name: "coupon" }],
};
export const milan = all(
  usedCoupon,
  test("event", "storeCode", "text", "equals", "Milano"),
  test("attribute", "tags.manual", "list", "contains_any", "top spender"),
  test("attribute", "gender", "text", "equals", "female"),
);

/** L14 of the specification: a coupon to be used in Milan, then the show. */
export const coupon: Graph = {
  starts: [
    {
      kind: "event",
      id: "order",
      event: "completedOrder",
      contexts: ["ECOMMERCE"],
      condition: test("event", "amount.revenue", "number", "at_least", 50),
      captures: [{ name: "orderId", operand: { kind: "event", path: "orderId" } }],
    },
  ],
  first: "code",
  removals: [
    {
      id: "return",
      event: "completedOrder",
      name: "Reso",
      condition: test("event", "type", "text", "equals", "return"),
    },
  ],
  goals: [{ id: "show", event: "eventParticipated", name: "Sfilata" }],
  reentry: { rule: "after", inside: "ignore", period: { amount: 3, unit: "months" } },
  steps: {
    code: { kind: "assign_coupon", poolId: "p1", capture: "coupon", next: "sms", noneLeft: "empty" },
    sms: { kind: "send_sms", templateId: "t1", name: "Il tuo codice", next: "check", whenSkipped: "exit" },
    check: {
      kind: "wait_then_check",
      period: { amount: 7, unit: "days" },
      name: "Ha usato quel coupon a Milano?",
      paths: [
        { id: "woman", name: "Donna", event: "completedOrder", condition: milan, to: "mailW" },
        {
          id: "man",
          name: "Uomo",
          event: "completedOrder",
          condition: all(
            usedCoupon,
            test("event", "storeCode", "text", "equals", "Milano"),
            {
              kind: "or",
              conditions: [
                test("attribute", "tags.manual", "list", "contains_any", "top spender"),
                test("event", "amount.revenue", "number", "at_least", 200),
              ],
            },
            test("attribute", "gender", "text", "equals", "male"),
          ),
          to: "mailM",
        },
      ],
      default: "unused",
    },
    mailW: { kind: "send_email", templateId: "t2", name: "Invito, collezione donna", next: "show" },
    mailM: { kind: "send_email", templateId: "t3", name: "Invito, collezione uomo", next: "show" },
    unused: { kind: "end", outcome: "neutral", name: "Coupon non usato" },
    show: {
      kind: "react",
      event: "eventParticipated",
      limit: { amount: 30, unit: "days" },
      name: "Ha partecipato alla sfilata?",
      next: "thanks",
      default: null,
    },
    thanks: { kind: "send_email", templateId: "t4", name: "Grazie di essere venuta", next: "done" },
    done: { kind: "end", outcome: "positive", name: "Alla sfilata" },
    empty: { kind: "end", outcome: "negative", name: "Senza codice" },
  },
};

/** L17: two reminders, left by an order at any moment. */
export const cart: Graph = {
  starts: [{ kind: "event", id: "cart", event: "abandonedCart" }],
  first: "first",
  goals: [{ id: "order", event: "completedOrder" }],
  reentry: { rule: "every_time", inside: "one_per_key", key: "orderId" },
  steps: {
    first: { kind: "send_email", templateId: "t5", name: "Hai dimenticato qualcosa", next: "day" },
    day: { kind: "wait", period: { amount: 1, unit: "days" }, next: "second" },
    second: {
      kind: "send_email",
      templateId: "t6",
      name: "Il carrello scade presto",
      next: "end",
      whenSkipped: "skip",
      tooLate: { amount: 12, unit: "hours" },
    },
    end: { kind: "end", outcome: "negative", name: "Carrello perso" },
  },
};

/** A welcome in three letters, with a thank-you for the first order. */
export const welcome: Graph = {
  starts: [{ kind: "event", id: "sub", event: "campaignSubscribed" }],
  first: "hello",
  reentry: { rule: "once_ever" },
  steps: {
    hello: { kind: "send_email", templateId: "t7", name: "Benvenuto in Bottega Lume", next: "wait" },
    wait: { kind: "wait", period: { amount: 2, unit: "days" }, next: "check" },
    check: {
      kind: "check_now",
      name: "Che cosa le piace?",
      paths: [
        {
          id: "home",
          name: "Casa",
          condition: test("attribute", "interests", "list", "contains_any", "casa"),
          to: "casa",
        },
        {
          id: "garden",
          name: "Giardino",
          condition: test("attribute", "interests", "list", "contains_any", "giardino"),
          to: "giardino",
        },
      ],
      default: "tag",
    },
    casa: { kind: "send_email", templateId: "t8", name: "Idee per la casa", next: "tag" },
    giardino: { kind: "send_email", templateId: "t9", name: "Idee per il giardino", next: "tag" },
    tag: {
      kind: "update_contact",
      changes: [{ action: "append", path: "tags.auto", operand: { kind: "value", value: "accolto" } }],
      next: "end",
    },
    end: { kind: "end", outcome: "positive", name: "Accolto" },
  },
};
