import { useTranslation } from "react-i18next";
import type { SeenEvent } from "@/api/data";
import { useFormat } from "@/lib/format";
import css from "./day-chart.module.css";

const at = (day: string) => `${day}T12:00:00Z`;

/** How many came on each of these days, none left out: bars for the eye, a table for who does not see them. */
export function DayChart({ days }: { days: SeenEvent["days"] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (days.every((day) => day.received === 0)) return <p className={css.none}>{t("events.noDays")}</p>;
  const most = Math.max(...days.map((day) => day.received), 1);
  const first = days[0]?.day ?? "";
  const last = days.at(-1)?.day ?? "";
  return (
    <figure>
      <div className={css.bars} aria-hidden>
        {days.map((day) => (
          <span
            key={day.day}
            className={css.bar}
            title={`${format.date(at(day.day))}: ${format.number(day.received)}`}
          >
            <span style={{ height: `${Math.max((day.received / most) * 100, day.received ? 3 : 0)}%` }} />
          </span>
        ))}
      </div>
      <div className={css.ends} aria-hidden>
        <span>{format.date(at(first))}</span>
        <span>{format.date(at(last))}</span>
      </div>
      <table className="sr-only">
        <caption>{t("events.byDay")}</caption>
        <tbody>
          {days.map((day) => (
            <tr key={day.day}>
              <th scope="row">{format.date(at(day.day))}</th>
              <td>{format.number(day.received)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
