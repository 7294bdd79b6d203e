import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { contactsQuery } from "@/api/queries";
import { type SegmentMember, type SegmentRow, segmentMembersQuery } from "@/api/segments";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Person } from "@/ui/person";
import { SearchField } from "@/ui/search-field";
import { type Column, rowLink, Table } from "@/ui/table";
import css from "./page.module.css";

const route = getRouteApi("/frame/segments/$segmentId");
const OTHERS = 8;

type Someone = Pick<SegmentMember, "id" | "name" | "email" | "phone" | "enteredAt">;

/** Who is in the segment; a search also finds those who are not, to ask why. */
export function Members({ segment }: { segment: SegmentRow }) {
  const { t } = useTranslation();
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const members = useInfiniteQuery(segmentMembersQuery(segment.id, q));
  const body = () => {
    if (members.isPending) return <Loading rows={8} />;
    if (members.isError) return <Trouble error={members.error} retry={() => members.refetch()} />;
    const rows = members.data.pages.flatMap((page) => page.items);
    if (rows.length === 0 && !q) {
      return (
        <Empty title={t("segments.noMembersTitle")} picture={<ListPicture />}>
          {t(segment.enabled ? "segments.noMembersWords" : "segments.disabledWords")}
        </Empty>
      );
    }
    return (
      <>
        {rows.length > 0 ? (
          <People label={t("segments.members")} rows={rows} since />
        ) : (
          <Empty title={t("common.nothingFound")}>{t("segments.noMemberFound")}</Empty>
        )}
        <More
          has={members.hasNextPage}
          loading={members.isFetchingNextPage}
          onMore={() => members.fetchNextPage()}
        />
        {q && <Others q={q} members={rows} />}
      </>
    );
  };
  return (
    <section aria-label={t("segments.members")}>
      <div className={css.bar}>
        <SearchField
          label={t("segments.searchMembers")}
          value={q}
          onSearch={(text) => navigate({ search: (now) => ({ ...now, q: text }), replace: true })}
          width={340}
        />
      </div>
      {body()}
    </section>
  );
}

/** Contacts of that name who are not in it. */
function Others({ q, members }: { q: string; members: Someone[] }) {
  const { t } = useTranslation();
  const contacts = useInfiniteQuery(contactsQuery(q));
  const inside = new Set(members.map((one) => one.id));
  const rows = (contacts.data?.pages[0]?.items ?? []).filter((one) => !inside.has(one.id)).slice(0, OTHERS);
  if (rows.length === 0) return null;
  return (
    <section className={css.others}>
      <h2 className={css.othersHead}>{t("segments.others")}</h2>
      <People label={t("segments.others")} rows={rows} />
    </section>
  );
}

function People({ label, rows, since }: { label: string; rows: Someone[]; since?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const { segmentId } = route.useParams();
  const { q } = route.useSearch();
  const nameOf = (row: Someone) => row.name || row.email || row.phone || t("common.unnamed");
  const columns: Column<Someone>[] = [
    {
      id: "name",
      header: t("contacts.name"),
      cell: (row) => (
        <div className={css.person}>
          <Person name={nameOf(row)} />
          <div className={css.words}>
            <Link
              to="/contacts/$contactId"
              params={{ contactId: row.id }}
              search={{ view: undefined, run: undefined } as never}
              className={`${rowLink} ${css.link}`}
            >
              {nameOf(row)}
            </Link>
            {row.name && <div className={css.under}>{row.email ?? row.phone}</div>}
          </div>
        </div>
      ),
    },
    ...(since
      ? [
          {
            id: "since",
            header: t("segments.since"),
            width: "150px",
            align: "end" as const,
            wide: true,
            cell: (row: Someone) =>
              row.enteredAt && (
                <time dateTime={row.enteredAt} title={format.dateTime(row.enteredAt)}>
                  {format.relative(row.enteredAt, now)}
                </time>
              ),
          },
        ]
      : []),
    {
      id: "why",
      header: <span className="sr-only">{t("why.title")}</span>,
      width: "110px",
      align: "end",
      cell: (row) => (
        <Link
          to="/segments/$segmentId"
          params={{ segmentId }}
          search={{ q, why: row.id }}
          className={css.why}
          aria-label={t(since ? "segments.whyIn" : "segments.whyOut", { name: nameOf(row) })}
        >
          {t(since ? "segments.why" : "segments.whyNot")}
        </Link>
      ),
    },
  ];
  return <Table label={label} columns={columns} rows={rows} keyOf={(row) => row.id} />;
}
