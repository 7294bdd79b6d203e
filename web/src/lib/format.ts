import { createContext, useContext } from "react";

/** How to say figures, dates and spans: one language, one time zone, one currency. */
export interface Locale {
  language: string;
  timeZone: string;
  currency: string;
}

export interface Formatter {
  locale: Locale;
  number(value: number): string;
  /** `share` is between 0 and 1. */
  percent(share: number): string;
  /** A share at a glance: whole percents, and "< 1 %" rather than nought for a few. */
  share(share: number): string;
  money(value: number, currency?: string): string;
  /** The sign of the shop's currency: "€". */
  currencySign: string;
  time(at: string | Date): string;
  seconds(at: string | Date): string;
  date(at: string | Date): string;
  dateTime(at: string | Date): string;
  /** "Today", "Yesterday", else the weekday and date; the year only when it is not this one. */
  day(at: string | Date, now: Date): string;
  /** The local calendar day, YYYY-MM-DD, to group by. */
  dayKey(at: string | Date): string;
  /** "in 3 days", "2 minutes ago". */
  relative(at: string | Date, now: Date): string;
  /** "2 days", "3 hours": the largest unit that says it, rounded. */
  span(seconds: number): string;
  list(items: string[]): string;
  /** "Milano, Torino or Monza": any of them will do. */
  alternatives(items: string[]): string;
  /** The name of a country or language given by its code; the code where it is none. */
  region(code: string): string;
  tongue(code: string): string;
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

function largestUnit(seconds: number): [Intl.RelativeTimeFormatUnit, number] {
  const size = Math.abs(seconds);
  // What rounds to a whole of the next unit is that: 59 minutes and 40 seconds are an hour.
  const found =
    units.find(([name, length], at) => {
      const finer = units.slice(at + 1).find(([other]) => other !== "week")?.[1] ?? 1;
      return name !== "week" && Math.round(size / finer) * finer >= length;
    }) ?? (["second", 1] as const);
  return [found[0], Math.round(seconds / found[1])];
}

function named(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** A formatter for `locale`; the Intl objects inside are made once. */
export function makeFormatter(locale: Locale): Formatter {
  const { language, timeZone, currency } = locale;
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { timeZone, ...options });
  const number = new Intl.NumberFormat(language, { useGrouping: "always" } as Intl.NumberFormatOptions);
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const whole = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const time = dates(clock);
  const seconds = dates({ ...clock, second: "2-digit" });
  const date = dates({ day: "numeric", month: "short", year: "numeric" });
  const dateTime = dates({ day: "numeric", month: "short", year: "numeric", ...clock });
  const weekday = dates({ weekday: "long", day: "numeric", month: "long" });
  const weekdayYear = dates({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const key = new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const list = new Intl.ListFormat(language, { type: "conjunction" });
  const alternatives = new Intl.ListFormat(language, { type: "disjunction" });
  const regions = new Intl.DisplayNames(language, { type: "region" });
  const tongues = new Intl.DisplayNames(language, { type: "language" });
  const dayKey = (at: string | Date) => key.format(new Date(at));
  return {
    locale,
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    share: (share) => (share > 0 && share < 0.005 ? `< ${whole.format(0.01)}` : whole.format(share)),
    money: (value, other) =>
      new Intl.NumberFormat(language, {
        style: "currency",
        currency: other ?? currency,
        useGrouping: "always",
      } as Intl.NumberFormatOptions).format(value),
    currencySign:
      new Intl.NumberFormat(language, { style: "currency", currency })
        .formatToParts(0)
        .find((part) => part.type === "currency")?.value ?? currency,
    time: (at) => time.format(new Date(at)),
    seconds: (at) => seconds.format(new Date(at)),
    date: (at) => date.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    dayKey,
    day: (at, now) => {
      const days = Math.round((Date.parse(dayKey(at)) - Date.parse(dayKey(now))) / 86_400_000);
      if (days === 0 || days === -1) return capital(relative.format(days, "day"));
      const sameYear = dayKey(at).slice(0, 4) === dayKey(now).slice(0, 4);
      return capital((sameYear ? weekday : weekdayYear).format(new Date(at)));
    },
    relative: (at, now) => {
      const [unit, amount] = largestUnit((new Date(at).getTime() - now.getTime()) / 1000);
      return relative.format(amount, unit);
    },
    span: (total) => {
      const [unit, amount] = largestUnit(total);
      return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(amount);
    },
    list: (items) => list.format(items),
    alternatives: (items) => alternatives.format(items),
    region: (code) => named(regions, code),
    tongue: (code) => named(tongues, code),
  };
}

export const FormatContext = createContext<Formatter>(
  makeFormatter({ language: "en", timeZone: "UTC", currency: "EUR" }),
);

/** The formatter of the signed-in workspace and the chosen language. */
export const useFormat = (): Formatter => useContext(FormatContext);
