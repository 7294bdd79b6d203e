import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { rejectedOneQuery, rejectedQuery } from "@/api/queries";
import type { Rejected } from "@/api/types";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { eventName, knownText } from "@/lib/vocabulary";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Page } from "@/ui/page";
import { Problem } from "@/ui/problem";
import { SidePanel } from "@/ui/side-panel";
import { type Column, rowLink, Table } from "@/ui/table";
import { Words } from "@/ui/words";
import css from "./rejected-page.module.css";

const route = getRouteApi("/frame/rejected");

/** Events that were kept aside, and why: nothing that arrived is lost silently. */
export function RejectedPage() {
  const { t } = useTranslation();
  const { event } = route.useSearch();
  const navigate = route.useNavigate();
  const rejected = useInfiniteQuery(rejectedQuery);
  const rows = rejected.data?.pages.flatMap((page) => page.items) ?? [];
  const listed = rows.find((row) => row.id === event);
  // A link to it stays good when it has left the first page.
  const asked = useQuery({
    ...rejectedOneQuery(event ?? ""),
    enabled: Boolean(event) && !listed && !rejected.isPending,
  });
  const open = listed ?? (event ? asked.data : undefined);
  const close = () => navigate({ search: { event: undefined }, replace: true });

  const body = () => {
    if (rejected.isPending) return <Loading rows={6} />;
    if (rejected.isError) return <Trouble error={rejected.error} retry={() => rejected.refetch()} />;
    if (rows.length === 0) {
      return (
        <Empty title={t("rejected.emptyTitle")} picture={<ListPicture />}>
          {t("rejected.emptyWords")}
        </Empty>
      );
    }
    return (
      <>
        <p className={css.lead}>{t("rejected.lead")}</p>
        {!listed && <Problem error={asked.error} />}
        <RejectedTable rows={rows} current={event} />
        <More
          has={rejected.hasNextPage}
          loading={rejected.isFetchingNextPage}
          onMore={() => rejected.fetchNextPage()}
        />
      </>
    );
  };

  return (
    <Page title={t("frame.rejected")} panel={open && <RejectedPanel rejected={open} onClose={close} />}>
      {body()}
    </Page>
  );
}

function RejectedTable({ rows, current }: { rows: Rejected[]; current: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const columns: Column<Rejected>[] = [
    {
      id: "reason",
      header: t("rejected.reason"),
      cell: (row) => (
        <>
          <Link
            from="/rejected"
            to="."
            replace
            search={{ event: row.id }}
            className={`${rowLink} ${css.reason}`}
          >
            {t(`rejectCodes.${row.code}`, { defaultValue: row.reason })}
          </Link>
          {knownText(t, `rejectCodes.${row.code}`) && (
            <div className={css.detail}>
              <Words>{row.reason}</Words>
            </div>
          )}
        </>
      ),
    },
    {
      id: "name",
      header: t("rejected.event"),
      width: "220px",
      wide: true,
      cell: (row) =>
        // A call that does not say what happened carries the name of its kind.
        row.name && row.code !== "no_event" ? (
          eventName(t, row.name)
        ) : (
          <span className={css.quiet}>{t("rejected.nameless")}</span>
        ),
    },
    {
      id: "when",
      header: t("rejected.received"),
      align: "end",
      width: "140px",
      cell: (row) => (
        <time dateTime={row.receivedAt} title={format.dateTime(row.receivedAt)}>
          {format.relative(row.receivedAt, now)}
        </time>
      ),
    },
  ];
  return (
    <Table
      label={t("frame.rejected")}
      columns={columns}
      rows={rows}
      keyOf={(row) => row.id}
      isCurrent={(row) => row.id === current}
    />
  );
}

/** JSON with line breaks; what is not JSON as it came. */
function indented(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}

function RejectedPanel({ rejected, onClose }: { rejected: Rejected; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const payload = indented(rejected.payload);
  const head = (
    <>
      <h2 className={css.title}>{t(`rejectCodes.${rejected.code}`, { defaultValue: rejected.reason })}</h2>
      <code className={css.code}>{rejected.code}</code>
    </>
  );
  return (
    <SidePanel id={rejected.id} label={t("rejected.one")} head={head} onClose={onClose}>
      <p>
        <Words>{rejected.reason}</Words>
      </p>
      <p className={css.quiet}>{t("rejected.at", { when: format.dateTime(rejected.receivedAt) })}</p>
      <h3 className={css.heading}>{t("rejected.payload")}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by the keyboard */}
      <pre className={css.payload} tabIndex={0}>
        {payload}
      </pre>
    </SidePanel>
  );
}
