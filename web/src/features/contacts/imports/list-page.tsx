import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type ImportRow, importsQuery } from "@/api/data";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Page } from "@/ui/page";
import { Pill, type Tone } from "@/ui/pill";
import { type Column, rowLink, Table } from "@/ui/table";
import css from "./imports.module.css";
import { Upload } from "./upload";

const tones: Partial<Record<ImportRow["state"], Tone>> = {
  done: "positive",
  failed: "danger",
  running: "information",
  applying: "information",
  checking: "information",
};

/** Files that were brought in and what became of them; a new one is dropped at the top. */
export function ImportsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const imports = useInfiniteQuery(importsQuery);
  const body = () => {
    if (imports.isPending) return <Loading rows={5} />;
    if (imports.isError) return <Trouble error={imports.error} retry={() => imports.refetch()} />;
    const rows = imports.data.pages.flatMap((page) => page.items);
    return (
      <>
        <Upload onUploaded={(id) => navigate({ to: "/imports/$importId", params: { importId: id } })} />
        {rows.length === 0 ? (
          <Empty title={t("imports.emptyTitle")} picture={<ListPicture />}>
            {t("imports.emptyWords")}
          </Empty>
        ) : (
          <ImportsTable rows={rows} />
        )}
        <More
          has={imports.hasNextPage}
          loading={imports.isFetchingNextPage}
          onMore={() => imports.fetchNextPage()}
        />
      </>
    );
  };
  return (
    <Page title={t("imports.title")} parent={<Link to="/contacts">{t("frame.contacts")}</Link>}>
      {body()}
    </Page>
  );
}

function ImportsTable({ rows }: { rows: ImportRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const state = (row: ImportRow) => (
    <Pill tone={tones[row.state] ?? "plain"}>
      {row.state === "running"
        ? t("imports.runningAt", { share: format.share(row.progress) })
        : t(`imports.states.${row.state}`)}
    </Pill>
  );
  const columns: Column<ImportRow>[] = [
    {
      id: "file",
      header: t("imports.file"),
      cell: (row) => (
        <>
          <Link to="/imports/$importId" params={{ importId: row.id }} className={`${rowLink} ${css.name}`}>
            {row.fileName || t("common.unnamed")}
          </Link>
          <div className={css.quiet}>
            {row.state === "done" || (row.counts.rows ?? 0) > 0
              ? (["new", "updated", "rejected"] as const)
                  .map((kind) => {
                    const count = row.counts[kind] ?? 0;
                    return t(`imports.summary.${kind}`, { count, n: format.number(count) });
                  })
                  .join(" · ")
              : row.format.toUpperCase()}
          </div>
          <div className={css.narrow}>{state(row)}</div>
        </>
      ),
    },
    {
      id: "state",
      header: t("imports.state"),
      width: "180px",
      wide: true,
      cell: state,
    },
    {
      id: "when",
      header: t("imports.when"),
      align: "end",
      width: "150px",
      wide: true,
      cell: (row) => (
        <time dateTime={row.createdAt} title={format.dateTime(row.createdAt)}>
          {format.relative(row.createdAt, now)}
        </time>
      ),
    },
  ];
  return <Table label={t("imports.title")} columns={columns} rows={rows} keyOf={(row) => row.id} />;
}
