import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type EventType, eventTypesQuery } from "@/api/data";
import { useMay } from "@/api/may";
import { useFormat } from "@/lib/format";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { IconPlus } from "@/ui/icons";
import { Page } from "@/ui/page";
import { Pill } from "@/ui/pill";
import { SearchField } from "@/ui/search-field";
import { type Column, rowLink, Table } from "@/ui/table";
import { Abandonment } from "./abandonment";
import { EditEvent } from "./edit-event";
import { EventPanel } from "./event-panel";
import css from "./events.module.css";
import { Strictness } from "./strictness";

const route = getRouteApi("/frame/events");
const views = ["received", "all", "declared"] as const;

/** Every kind of event: those that come, those that are known, those declared here; and how strict the door is. */
export function EventsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { locale } = useFormat();
  const search = route.useSearch();
  const { view = "received", q, event, declare } = search;
  const navigate = route.useNavigate();
  const types = useQuery(eventTypesQuery);
  const set = (change: Partial<typeof search>) =>
    navigate({ search: { ...search, ...change }, replace: true });
  const items = types.data?.items ?? [];
  const labelOf = (one: EventType) => one.labels[locale.language as "it" | "en"];
  const rows = items
    .filter((one) => view === "all" || (view === "declared" ? one.origin === "declared" : one.received > 0))
    .filter((one) => !q || `${labelOf(one)} ${one.name}`.toLowerCase().includes(q.toLowerCase()))
    .toSorted((a, b) => (view === "received" ? b.received - a.received : 0));
  const open = items.find((one) => one.name === event);
  const edited = items.find((one) => one.name === declare);
  const action = may("workspace.write") && (
    <Button
      leftSection={<IconPlus size={16} stroke={1.9} aria-hidden />}
      onClick={() => set({ declare: "", event: undefined })}
    >
      {t("events.declare")}
    </Button>
  );

  const body = () => {
    if (types.isPending) return <Loading rows={8} />;
    if (types.isError) return <Trouble error={types.error} retry={() => types.refetch()} />;
    if (rows.length === 0 && q) {
      return (
        <Empty title={t("common.nothingFound")}>
          {t(view === "all" ? "events.noneCalled" : "events.noneCalledHere", { q })}
        </Empty>
      );
    }
    if (rows.length === 0) {
      return (
        <Empty title={t("events.emptyTitle")} picture={<ListPicture />}>
          {t(view === "declared" ? "events.noneDeclared" : "events.emptyWords")}
        </Empty>
      );
    }
    return <EventsTable rows={rows} labelOf={labelOf} current={event} isRanked={view === "received"} />;
  };

  const panel = open && (
    <EventPanel
      type={open}
      label={labelOf(open)}
      onClose={() => set({ event: undefined })}
      onEdit={() => set({ declare: open.name })}
    />
  );

  return (
    <>
      <Page title={t("frame.events")} actions={action} panel={panel}>
        <div className={css.settings}>
          <Strictness />
          <Abandonment />
        </div>
        <div className={css.bar}>
          <SearchField label={t("events.search")} value={q} onSearch={(text) => set({ q: text })} />
          <SegmentedControl
            aria-label={t("events.views")}
            size="xs"
            value={view}
            onChange={(value) => set({ view: views.find((one) => one === value) })}
            data={views.map((one) => ({ value: one, label: t(`events.view.${one}`) }))}
          />
        </div>
        {body()}
      </Page>
      {declare !== undefined && !types.isPending && (
        <EditEvent key={declare} type={edited} name={declare} onClose={() => set({ declare: undefined })} />
      )}
    </>
  );
}

interface EventsTableProps {
  rows: EventType[];
  labelOf: (type: EventType) => string;
  current: string | undefined;
  /** They stand by how many came. */
  isRanked: boolean;
}

function EventsTable({ rows, labelOf, current, isRanked }: EventsTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(...rows.map((row) => row.received), 1);
  const columns: Column<EventType>[] = [
    {
      id: "name",
      header: t("events.name"),
      cell: (row) => (
        <>
          <Link
            from="/events"
            to="."
            replace
            search={(before) => ({ ...before, event: row.name })}
            className={`${rowLink} ${css.name}`}
          >
            {labelOf(row)}
          </Link>
          {labelOf(row) !== row.name && <div className={css.path}>{row.name}</div>}
        </>
      ),
    },
    {
      id: "origin",
      header: t("events.origin"),
      width: "180px",
      wide: true,
      cell: (row) => (
        <Pill tone={row.origin === "seen" ? "attention" : row.origin === "declared" ? "accent" : "plain"}>
          {t(`events.origins.${row.origin}`)}
        </Pill>
      ),
    },
    {
      id: "last",
      header: t("events.last"),
      align: "end",
      width: "150px",
      wide: true,
      cell: (row) =>
        row.lastOn && <span className={css.quiet}>{format.date(`${row.lastOn}T12:00:00Z`)}</span>,
    },
    {
      id: "received",
      header: t("events.received"),
      sorted: isRanked ? "descending" : undefined,
      align: "end",
      width: "190px",
      cell: (row) => (
        <div className={css.amount}>
          <span className={css.share} aria-hidden>
            <span style={{ width: `${(row.received / most) * 100}%` }} />
          </span>
          <span>{format.number(row.received)}</span>
        </div>
      ),
    },
  ];
  return (
    <Table
      label={t("frame.events")}
      columns={columns}
      rows={rows}
      keyOf={(row) => row.name}
      isCurrent={(row) => row.name === current}
    />
  );
}
