import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { JourneyRow } from "@/api/types";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { IconBell, IconDeviceMobileMessage, IconMail } from "@/ui/icons";
import { type Column, rowLink, Table } from "@/ui/table";
import { StatePill } from "../state-pill";
import css from "./journeys-table.module.css";
import { Outcomes } from "./outcomes";

interface JourneysTableProps {
  rows: JourneyRow[];
  onTag: (tag: string) => void;
}

/** One journey a row: what it is, whether it is on, who is inside, and how it has ended so far. */
export function JourneysTable({ rows, onTag }: JourneysTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const columns: Column<JourneyRow>[] = [
    { id: "name", header: t("journeys.name"), cell: (row) => <Name row={row} onTag={onTag} /> },
    {
      id: "state",
      header: t("journeys.state"),
      width: "96px",
      wide: true,
      cell: (row) => <StatePill state={row.state} />,
    },
    {
      id: "messages",
      header: t("journeys.messages"),
      width: "104px",
      wide: true,
      cell: (row) => <Messages row={row} />,
    },
    {
      id: "entered",
      header: t("totals.entered"),
      align: "end",
      width: "92px",
      wide: true,
      cell: (row) => format.number(row.counts.entered),
    },
    {
      id: "inside",
      header: t("totals.inside"),
      align: "end",
      width: "104px",
      cell: (row) => (
        <span className={css.inside} data-live={row.counts.inside > 0 || undefined}>
          {format.number(row.counts.inside)}
        </span>
      ),
    },
    {
      id: "outcomes",
      header: t("journeys.outcomes"),
      width: "212px",
      wide: true,
      cell: (row) => <Outcomes counts={row.counts} />,
    },
    {
      id: "modified",
      header: t("journeys.modified"),
      align: "end",
      width: "132px",
      wide: true,
      cell: (row) => (
        <time dateTime={row.modifiedAt} title={format.dateTime(row.modifiedAt)} className={css.quiet}>
          {format.relative(row.modifiedAt, now)}
        </time>
      ),
    },
  ];
  return <Table label={t("frame.journeys")} columns={columns} rows={rows} keyOf={(row) => row.id} />;
}

function Name({ row, onTag }: { row: JourneyRow; onTag: (tag: string) => void }) {
  return (
    <div className={css.name}>
      <div className={css.first}>
        <Link
          to="/journeys/$journeyId"
          params={{ journeyId: row.id }}
          search={{ step: undefined, view: undefined }}
          className={`${rowLink} ${css.link}`}
        >
          {row.name}
        </Link>
        {row.tags.map((tag) => (
          <button key={tag} type="button" className={css.tag} onClick={() => onTag(tag)}>
            {tag}
          </button>
        ))}
      </div>
      <div className={css.narrow}>
        <StatePill state={row.state} />
      </div>
      {row.description && <div className={css.description}>{row.description}</div>}
    </div>
  );
}

function Messages({ row }: { row: JourneyRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <span className={css.messages}>
      {row.emails > 0 && (
        <span title={t("journeys.emails", { count: row.emails, n: format.number(row.emails) })}>
          <IconMail size={15} stroke={1.6} aria-label={t("channels.email")} />
          {format.number(row.emails)}
        </span>
      )}
      {row.smses > 0 && (
        <span title={t("journeys.smses", { count: row.smses, n: format.number(row.smses) })}>
          <IconDeviceMobileMessage size={15} stroke={1.6} aria-label={t("channels.sms")} />
          {format.number(row.smses)}
        </span>
      )}
      {row.pushes > 0 && (
        <span title={t("journeys.pushes", { count: row.pushes, n: format.number(row.pushes) })}>
          <IconBell size={15} stroke={1.6} aria-label={t("channels.push")} />
          {format.number(row.pushes)}
        </span>
      )}
    </span>
  );
}
