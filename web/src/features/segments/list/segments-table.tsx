import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SegmentRow } from "@/api/segments";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { type Column, rowLink, Table } from "@/ui/table";
import { SegmentState } from "../segment-state";
import css from "./page.module.css";

interface SegmentsTableProps {
  rows: SegmentRow[];
  onTag: (tag: string) => void;
}

/** One segment a row: its name, whether it is kept up to date, who is in it. */
export function SegmentsTable({ rows, onTag }: SegmentsTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const columns: Column<SegmentRow>[] = [
    {
      id: "name",
      header: t("segments.name"),
      cell: (row) => (
        <div className={css.name}>
          <Link
            to="/segments/$segmentId"
            params={{ segmentId: row.id }}
            search={{ q: undefined, why: undefined }}
            className={`${rowLink} ${css.link}`}
          >
            {row.name}
          </Link>
          {row.tags.map((tag) => (
            <button key={tag} type="button" className={css.small} onClick={() => onTag(tag)}>
              {tag}
            </button>
          ))}
          <span className={css.narrow}>
            <SegmentState segment={row} />
          </span>
        </div>
      ),
    },
    {
      id: "state",
      header: t("segments.state"),
      width: "150px",
      wide: true,
      cell: (row) => <SegmentState segment={row} />,
    },
    {
      id: "kind",
      header: t("segments.made"),
      width: "150px",
      wide: true,
      cell: (row) => (
        <span className={css.quiet}>
          {t(`segments.kinds.${row.isCombination ? "combination" : "filter"}`)}
        </span>
      ),
    },
    {
      id: "members",
      header: t("segments.members"),
      align: "end",
      width: "100px",
      cell: (row) => format.number(row.members),
    },
    {
      id: "modified",
      header: t("journeys.modified"),
      align: "end",
      width: "150px",
      wide: true,
      cell: (row) => (
        <time dateTime={row.modifiedAt} title={format.dateTime(row.modifiedAt)} className={css.quiet}>
          {format.relative(row.modifiedAt, now)}
        </time>
      ),
    },
  ];
  return <Table label={t("frame.segments")} columns={columns} rows={rows} keyOf={(row) => row.id} />;
}
