import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type ListFigures, listFiguresQuery, type SubscriptionList } from "@/api/lists";
import { useFormat } from "@/lib/format";
import { IconAlertTriangle } from "@/ui/icons";
import { Pill } from "@/ui/pill";
import { type Column, rowLink, Table } from "@/ui/table";
import css from "./lists.module.css";

interface ListsTableProps {
  lists: SubscriptionList[];
  current: string | undefined;
}

type Standing = "subscribed" | "pending" | "unsubscribed";

/** Lists by name, each with its sender and how many people stand how on it, by channel. */
export function ListsTable({ lists, current }: ListsTableProps) {
  const { t } = useTranslation();
  const figures = useQuery(listFiguresQuery);
  const figuresOf = (list: SubscriptionList) =>
    (figures.data?.items ?? []).filter((one) => one.listId === list.id);
  const column = (standing: Standing): Column<SubscriptionList> => ({
    id: standing,
    header: t(`lists.${standing}`),
    align: "end",
    width: standing === "subscribed" ? "150px" : "130px",
    wide: standing !== "subscribed",
    cell: (list) => {
      if (figures.isPending) return <Skeleton height={12} width={56} ml="auto" />;
      if (figures.isError) return <span className={css.quiet}>{t("lists.uncounted")}</span>;
      return <Figures of={figuresOf(list)} standing={standing} />;
    },
  });
  const columns: Column<SubscriptionList>[] = [
    {
      id: "name",
      header: t("lists.name"),
      cell: (list) => (
        <>
          <div className={css.line}>
            <Link
              from="/lists"
              to="."
              replace
              search={{ list: list.id }}
              className={`${rowLink} ${css.name}`}
            >
              {list.name}
            </Link>
            {list.optIn === "double" && <Pill tone="information">{t("lists.confirms")}</Pill>}
            {list.hasWelcome && <Pill>{t("lists.welcomes")}</Pill>}
          </div>
          <div className={css.sender}>
            {list.senderName} · {list.senderAddress}
            {list.warnings.length > 0 && (
              <span className={css.warning} title={t(`lists.warnings.${list.warnings[0]}`)}>
                <IconAlertTriangle size={14} stroke={1.8} aria-label={t("lists.warning")} />
              </span>
            )}
          </div>
        </>
      ),
    },
    column("subscribed"),
    column("pending"),
    column("unsubscribed"),
  ];
  return (
    <Table
      label={t("frame.lists")}
      columns={columns}
      rows={lists}
      keyOf={(list) => list.id}
      isCurrent={(list) => list.id === current}
    />
  );
}

interface FiguresProps {
  of: ListFigures[];
  standing: Standing;
}

/** A figure per channel on which anybody ever stood, email always; its name is seen once in a row. */
function Figures({ of, standing }: FiguresProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = (["email", "sms", "push"] as const).filter(
    (channel) => channel === "email" || of.some((one) => one.channel === channel),
  );
  return (
    <>
      {shown.map((channel) => {
        const count = of.find((one) => one.channel === channel)?.[standing] ?? 0;
        return (
          <div key={channel} className={css.figure} data-none={count === 0 || undefined}>
            <span className={css.channel} data-once={standing !== "subscribed" || undefined}>
              {t(`lists.channels.${channel}`)}
            </span>
            <span className={css.count}>{format.number(count)}</span>
          </div>
        );
      })}
    </>
  );
}
