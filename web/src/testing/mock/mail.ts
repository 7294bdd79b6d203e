import type { Mail, Rejected } from "@/api/types";

const html = `<!doctype html><html><body style="margin:0;background:#f4f1ea;font-family:Georgia,serif;color:#2c2a26">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" style="background:#fff;max-width:560px;width:100%">
<tr><td style="padding:28px 40px;border-bottom:1px solid #e6e0d4;letter-spacing:3px;font-size:13px">BOTTEGA LUME</td></tr>
<tr><td style="padding:40px"><h1 style="font-size:28px;font-weight:400;margin:0 0 16px">Angela, ti aspettiamo</h1>
<p style="font-size:16px;line-height:1.6;margin:0 0 24px">Il tuo codice <b>MI-7Q2X</b> ha aperto una porta in più: la sfilata della collezione donna,
giovedì 16 aprile alle 18:30, in via Immaginaria 4 a Milano.</p>
<a href="https://shop.example.com/sfilata" style="display:inline-block;background:#2c2a26;color:#fff;text-decoration:none;padding:14px 26px;font-size:15px">Prenota il tuo posto</a></td></tr>
<tr><td style="padding:24px 40px;background:#faf8f3;font-size:12px;color:#7a756a">Ricevi questa email perché sei iscritta alla Newsletter.
<a href="https://shop.example.com/addio" style="color:#7a756a">Non scrivermi più</a></td></tr></table></td></tr></table>
<img src="https://shop.example.com/p.gif" width="1" height="1" alt=""></body></html>`;

const text = `Angela, ti aspettiamo

Il tuo codice MI-7Q2X ha aperto una porta in più: la sfilata della collezione donna,
giovedì 16 aprile alle 18:30, in via Immaginaria 4 a Milano.

Prenota il tuo posto: https://shop.example.com/sfilata

--
Non scrivermi più: https://shop.example.com/addio`;

const headers: [string, string][] = [
  ["From", "Bottega Lume <ciao@bottega-lume.example>"],
  ["To", "angela.rossetti@example.com"],
  ["Subject", "Invito, collezione donna"],
  ["Date", "Wed, 18 Mar 2026 10:40:02 +0000"],
  ["Message-ID", "<01j.9f3c@bottega-lume.example>"],
  ["List-Unsubscribe", "<https://shop.example.com/u/3f9a>, <mailto:u+3f9a@bottega-lume.example>"],
  ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"],
  [
    "DKIM-Signature",
    "v=1; a=rsa-sha256; c=relaxed/relaxed; d=bottega-lume.example; s=percorso; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSb",
  ],
  ["MIME-Version", "1.0"],
  ["Content-Type", 'multipart/alternative; boundary="b1"'],
];

const subjects = [
  "Invito, collezione donna",
  "Hai dimenticato qualcosa",
  "Benvenuto in Bottega Lume",
  "Idee per la casa",
  "Il carrello scade presto",
];
const people = [
  "angela.rossetti",
  "bruno.lanterna",
  "carla.ventomare",
  "dario.pietralba",
  "elena.fiordaliso",
  "gaia.brezzolina",
  "ivo.campolungo",
];

export const mails: Mail[] = Array.from({ length: 14 }, (_, index): Mail => {
  const sms = index % 4 === 1;
  const subject = subjects[index % subjects.length] ?? "";
  const to = sms ? `+39 555 01${40 + index}` : `${people[index % people.length]}@example.com`;
  const code =
    "Bottega Lume: ecco il tuo codice MI-7Q2X, 15 % in negozio a Milano fino al 31 marzo. https://shop.example.com/m";
  return {
    id: index === 0 ? "m1" : `mail-${index}`,
    channel: sms ? "sms" : "email",
    receivedAt: new Date(Date.parse("2026-03-18T10:40:02Z") - index * index * 640_000).toISOString(),
    from: sms ? "BOTTEGALUME" : "Bottega Lume <ciao@bottega-lume.example>",
    to,
    subject: sms ? "" : subject,
    preview: sms
      ? code
      : "Il tuo codice MI-7Q2X ha aperto una porta in più: la sfilata della collezione donna",
    html: sms ? null : html,
    text: sms ? code : text,
    headers: sms ? [] : headers,
    raw: sms ? code : `${headers.map(([name, value]) => `${name}: ${value}`).join("\r\n")}\r\n\r\n${text}`,
    dkim: sms ? null : { domain: "bottega-lume.example", selector: "percorso" },
  };
});

const reject = (
  index: number,
  code: string,
  reason: string,
  name: string | null,
  payload: unknown,
): Rejected => ({
  id: `rejected-${index}`,
  receivedAt: new Date(Date.parse("2026-03-18T10:20:00Z") - index * 3_700_000).toISOString(),
  code,
  reason,
  name,
  payload: JSON.stringify(payload, null, 2),
});

export const rejectedEvents: Rejected[] = [
  reject(0, "no_identity", "It names nobody: give `userId` or `anonymousId`.", "completedOrder", {
    type: "track",
    event: "Order Completed",
    properties: { orderId: "5570", revenue: 89.9, products: [{ sku: "LMP-04", quantity: 1 }] },
  }),
  reject(
    1,
    "invalid_type",
    'properties.amount.revenue must be a number, but is "ottantanove".',
    "completedOrder",
    {
      type: "track",
      userId: "88213",
      event: "completedOrder",
      properties: { amount: { revenue: "ottantanove" } },
    },
  ),
  reject(2, "invalid_date", 'timestamp is not a date: "31/02/2026".', "viewedProduct", {
    type: "track",
    userId: "77120",
    timestamp: "31/02/2026",
  }),
  reject(3, "no_event", "A track call needs `event`, the name of what happened.", null, {
    type: "track",
    userId: "66001",
  }),
];
