import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { contactsQuery } from "@/api/queries";
import type { ContactRow } from "@/api/types";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Page } from "@/ui/page";
import { Person } from "@/ui/person";
import { SearchField } from "@/ui/search-field";
import { type Column, rowLink, Table } from "@/ui/table";
import css from "./page.module.css";

const route = getRouteApi("/frame/contacts");

/** Everyone whom the workspace may address, the latest active first; found by name, email or phone. */
export function ContactsPage() {
  const { t } = useTranslation();
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const contacts = useInfiniteQuery(contactsQuery(q));

  const body = () => {
    if (contacts.isPending) return <Loading rows={9} />;
    if (contacts.isError) return <Trouble error={contacts.error} retry={() => contacts.refetch()} />;
    const rows = contacts.data.pages.flatMap((page) => page.items);
    if (rows.length === 0) {
      return q ? (
        <Empty title={t("common.nothingFound")}>{t("contacts.nothingFound", { q })}</Empty>
      ) : (
        <Empty title={t("contacts.emptyTitle")} picture={<ListPicture />}>
          {t("contacts.emptyWords")}
        </Empty>
      );
    }
    return (
      <>
        <ContactsTable rows={rows} />
        <More
          has={contacts.hasNextPage}
          loading={contacts.isFetchingNextPage}
          onMore={() => contacts.fetchNextPage()}
        />
      </>
    );
  };

  return (
    <Page title={t("frame.contacts")}>
      <div className={css.bar}>
        <SearchField
          label={t("contacts.search")}
          value={q}
          onSearch={(text) => navigate({ search: { q: text }, replace: true })}
          width={340}
        />
      </div>
      {body()}
    </Page>
  );
}

function ContactsTable({ rows }: { rows: ContactRow[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const columns: Column<ContactRow>[] = [
    {
      id: "name",
      header: t("contacts.name"),
      cell: (row) => (
        <div className={css.name}>
          <Person name={row.name || row.email || ""} />
          <div className={css.words}>
            <Link
              to="/contacts/$contactId"
              params={{ contactId: row.id }}
              search={{ view: undefined, run: undefined }}
              className={`${rowLink} ${css.link}`}
            >
              {row.name || row.email || row.phone || t("common.unnamed")}
            </Link>
            <div className={css.under}>{row.email ?? row.phone}</div>
          </div>
        </div>
      ),
    },
    { id: "email", header: t("identities.email"), wide: true, cell: (row) => row.email },
    {
      id: "phone",
      header: t("identities.phone"),
      wide: true,
      cell: (row) => <span className="tabular">{row.phone}</span>,
    },
    {
      id: "created",
      header: t("contacts.created"),
      align: "end",
      wide: true,
      cell: (row) => <span className={css.quiet}>{format.date(row.createdAt)}</span>,
    },
    {
      id: "last",
      header: t("contacts.last"),
      align: "end",
      width: "150px",
      cell: (row) =>
        row.lastEventAt && (
          <time dateTime={row.lastEventAt} title={format.dateTime(row.lastEventAt)}>
            {format.relative(row.lastEventAt, now)}
          </time>
        ),
    },
  ];
  return <Table label={t("frame.contacts")} columns={columns} rows={rows} keyOf={(row) => row.id} />;
}
