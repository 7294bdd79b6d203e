import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type ForeseenRow, foreseenQuery, type ImportPreview } from "@/api/data";
import { listsQuery } from "@/api/people";
import { useFormat } from "@/lib/format";
import { Loading, Trouble } from "@/ui/forms";
import { Section } from "@/ui/section";
import { type Column, Table } from "@/ui/table";
import css from "./foreseen.module.css";
import { placeOf } from "./places";

const OUTCOMES = ["rejected", "updated", "new"] as const;

/** The first rows of each outcome: why they would be rejected, or what they would change of whom. */
export function ForeseenRows({ data }: { data: ImportPreview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const found = useQuery(foreseenQuery(data.id));
  if (found.isPending) return <Loading rows={4} />;
  if (found.isError) return <Trouble error={found.error} retry={() => found.refetch()} />;
  const kinds = OUTCOMES.map((outcome) => ({
    outcome,
    rows: found.data.items.filter((row) => row.outcome === outcome),
    total: data.checked?.[outcome] ?? 0,
  })).filter(({ total }) => total > 0);
  const sections = kinds.map(({ outcome, rows, total }) => (
    <Section
      key={outcome}
      title={t(`imports.foreseen.${outcome}`)}
      aside={
        rows.length > 0 && rows.length < total && outcome !== "updated"
          ? t("imports.foreseen.first", { n: format.number(rows.length), total: format.number(total) })
          : undefined
      }
    >
      {rows.length === 0 ? (
        <p className={css.none}>{t("imports.foreseen.nothing")}</p>
      ) : outcome === "rejected" ? (
        <RejectedRows rows={rows} />
      ) : (
        <ChangedRows rows={rows} label={t(`imports.foreseen.${outcome}`)} />
      )}
    </Section>
  ));
  return <div className={css.sections}>{sections}</div>;
}

function useRowColumn(): Column<ForeseenRow> {
  const { t } = useTranslation();
  const format = useFormat();
  return {
    id: "row",
    header: t("imports.foreseen.row"),
    width: "76px",
    cell: (row) => format.number(row.row),
  };
}

function RejectedRows({ rows }: { rows: ForeseenRow[] }) {
  const { t } = useTranslation();
  const columns: Column<ForeseenRow>[] = [
    useRowColumn(),
    {
      id: "why",
      header: t("imports.foreseen.why"),
      cell: (row) => (
        <>
          {row.sentence}
          {row.column !== null && (
            <div className={css.place}>
              {row.column}
              {row.cell && <q className={css.cell}>{row.cell}</q>}
            </div>
          )}
        </>
      ),
    },
  ];
  return (
    <Table
      label={t("imports.foreseen.rejected")}
      columns={columns}
      rows={rows}
      keyOf={(row) => String(row.row)}
    />
  );
}

function ChangedRows({ rows, label }: { rows: ForeseenRow[]; label: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const lists = useQuery(listsQuery);
  const columns: Column<ForeseenRow>[] = [
    useRowColumn(),
    {
      id: "changes",
      header: t("imports.foreseen.what"),
      cell: (row) => (
        <ul className={css.changes} data-outcome={row.outcome}>
          {row.changes.map((change) => {
            const { name, say } = placeOf(t, change.path, lists.data?.items ?? []);
            return (
              <li key={change.path}>
                <span className={css.field}>{name}</span>
                {change.before !== null && (
                  <>
                    <del>{say(change.before)}</del>
                    <span aria-hidden>→</span>
                  </>
                )}
                {change.after === null ? (
                  <em>{t("imports.foreseen.cleared")}</em>
                ) : (
                  <ins>{say(change.after)}</ins>
                )}
              </li>
            );
          })}
          {row.moreChanges > 0 && (
            <li className={css.none}>
              {t("imports.foreseen.more", { count: row.moreChanges, n: format.number(row.moreChanges) })}
            </li>
          )}
        </ul>
      ),
    },
    {
      id: "who",
      header: <span className="sr-only">{t("imports.foreseen.who")}</span>,
      width: "120px",
      wide: true,
      align: "end",
      cell: (row) =>
        row.contactId && (
          <Link to="/contacts/$contactId" params={{ contactId: row.contactId }}>
            {t("imports.foreseen.who")}
          </Link>
        ),
    },
  ];
  return <Table label={label} columns={columns} rows={rows} keyOf={(row) => String(row.row)} />;
}
