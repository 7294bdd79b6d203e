import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { domainsQuery, type WaitingDomain } from "@/api/data";
import { useMay } from "@/api/may";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { Empty, Loading, Trouble } from "@/ui/forms";
import { IconCircleCheck } from "@/ui/icons";
import { Page } from "@/ui/page";
import { Pill } from "@/ui/pill";
import { Problem } from "@/ui/problem";
import { type Column, Table } from "@/ui/table";
import css from "./domains.module.css";
import { reasonOf } from "./reason";

/** Receiving domains that do not take our email just now, what they answered, and when they are tried again. */
export function DomainsPage() {
  const { t } = useTranslation();
  const domains = useQuery(domainsQuery);
  const body = () => {
    if (domains.isPending) return <Loading rows={4} />;
    if (domains.isError) return <Trouble error={domains.error} retry={() => domains.refetch()} />;
    if (domains.data.items.length === 0) {
      return (
        <Empty
          title={t("domains.emptyTitle")}
          picture={<IconCircleCheck size={46} stroke={1.3} className={css.fine} />}
        >
          {t("domains.emptyWords")}
        </Empty>
      );
    }
    return <DomainsTable rows={domains.data.items} />;
  };
  return (
    <Page title={t("frame.domains")}>
      <p className={css.lead}>{t("domains.lead")}</p>
      {body()}
    </Page>
  );
}

function DomainsTable({ rows }: { rows: WaitingDomain[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const may = useMay();
  const queries = useQueryClient();
  const release = useMutation({
    mutationFn: (id: string) =>
      dataOf(client.POST("/api/v1/receiving-domains/{id}/release", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["domains"] }),
  });
  const columns: Column<WaitingDomain>[] = [
    {
      id: "domain",
      header: t("domains.domain"),
      cell: (row) => (
        <>
          <div className={css.name}>{row.domain}</div>
          <div>{t(`domains.reasons.${reasonOf(row)}`)}</div>
          <div className={css.reply}>
            {t("domains.answered")} <code lang="en">{row.reply}</code>
          </div>
        </>
      ),
    },
    {
      id: "state",
      header: t("domains.state"),
      width: "130px",
      cell: (row) => (
        <Pill tone={row.state === "paused" ? "danger" : "attention"}>{t(`domains.states.${row.state}`)}</Pill>
      ),
    },
    {
      id: "since",
      header: t("domains.since"),
      align: "end",
      width: "150px",
      wide: true,
      cell: (row) => (
        <time dateTime={row.since} title={format.dateTime(row.since)}>
          {format.relative(row.since, now)}
        </time>
      ),
    },
    {
      id: "next",
      header: t("domains.next"),
      align: "end",
      width: "150px",
      wide: true,
      cell: (row) => (
        <time dateTime={row.nextAt} title={format.dateTime(row.nextAt)}>
          {Date.parse(row.nextAt) > now.getTime() ? format.relative(row.nextAt, now) : t("domains.soon")}
        </time>
      ),
    },
  ];
  if (may("journeys.publish")) {
    columns.push({
      id: "release",
      header: <span className="sr-only">{t("domains.release")}</span>,
      align: "end",
      width: "130px",
      cell: (row) => (
        <Button
          size="xs"
          variant="default"
          loading={release.isPending && release.variables === row.id}
          onClick={() => release.mutate(row.id)}
        >
          {t("domains.release")}
          <span className="sr-only"> {row.domain}</span>
        </Button>
      ),
    });
  }
  return (
    <>
      <Problem error={release.error} />
      <Table label={t("frame.domains")} columns={columns} rows={rows} keyOf={(row) => row.id} />
    </>
  );
}
