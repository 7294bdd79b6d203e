import { Button } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import { fieldsQuery } from "@/api/people";
import { contactCountQuery, contactsQuery } from "@/api/queries";
import { useFormat } from "@/lib/format";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { IconDownload, IconUpload } from "@/ui/icons";
import { More } from "@/ui/more";
import { Page } from "@/ui/page";
import { Pill } from "@/ui/pill";
import { SearchField } from "@/ui/search-field";
import { ExportDialog } from "../bulk/export-dialog";
import { BulkBar } from "./bulk-bar";
import { ColumnPicker } from "./column-picker";
import { isPlain, readColumns, writeColumns } from "./columns";
import { ContactsTable } from "./contacts-table";
import css from "./page.module.css";

const route = getRouteApi("/frame/contacts");

/** Everyone whom the workspace may address, the newest first; found by name, email or phone. */
export function ContactsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [remembered, remember] = useLocalStorage<string | undefined>({ key: "percorso.columns" });
  const columns = readColumns(search.columns ?? remembered);
  const fields = useQuery(fieldsQuery).data?.items.filter((field) => !field.hidden) ?? [];
  const contacts = useInfiniteQuery(
    contactsQuery(
      search.q,
      columns.filter((column) => !isPlain(column)),
    ),
  );
  const total = useQuery(contactCountQuery).data?.contacts;
  const format = useFormat();
  const [chosen, setChosen] = useState(new Set<string>());
  const [exporting, setExporting] = useState(false);
  const [said, setSaid] = useState("");
  const set = (change: Partial<typeof search>) =>
    navigate({ search: { ...search, erased: undefined, ...change }, replace: true });
  const rows = contacts.data?.pages.flatMap((page) => page.items) ?? [];
  const notice = said || (search.erased ? t("erase.begun") : "");
  const canImport = may("contacts.write");
  // Where nobody is yet, the page itself says what to do.
  const empty = contacts.isSuccess && rows.length === 0 && !search.q;

  const body = () => {
    if (contacts.isPending) return <Loading rows={9} />;
    if (contacts.isError) return <Trouble error={contacts.error} retry={() => contacts.refetch()} />;
    if (rows.length === 0) {
      return search.q ? (
        <Empty title={t("common.nothingFound")}>{t("contacts.nothingFound", { q: search.q })}</Empty>
      ) : (
        <Empty
          title={t("contacts.emptyTitle")}
          picture={<ListPicture />}
          action={
            canImport && (
              <Button component={Link} to="/imports">
                {t("imports.begin")}
              </Button>
            )
          }
        >
          {t("contacts.emptyWords")}
        </Empty>
      );
    }
    return (
      <>
        <ContactsTable
          rows={rows}
          fields={fields}
          columns={columns}
          chosen={chosen}
          onChoose={canImport || may("contacts.download") ? setChosen : null}
        />
        <More
          has={contacts.hasNextPage}
          loading={contacts.isFetchingNextPage}
          onMore={() => contacts.fetchNextPage()}
        />
      </>
    );
  };

  return (
    <Page
      title={t("frame.contacts")}
      beside={
        total !== undefined &&
        !empty && (
          <Pill>
            <span className={css.short} aria-hidden>
              {format.number(total)}
            </span>
            <span className={css.long}>{t("contacts.total", { count: total, n: format.number(total) })}</span>
          </Pill>
        )
      }
      actions={
        <>
          {may("contacts.download") && !empty && (
            <Button
              variant="default"
              className="brief"
              leftSection={<IconDownload size={16} stroke={1.7} aria-hidden />}
              onClick={() => setExporting(true)}
            >
              <span>{t("bulk.export")}</span>
            </Button>
          )}
          {canImport && !empty && (
            <Button
              component={Link}
              to="/imports"
              leftSection={<IconUpload size={16} stroke={1.7} aria-hidden />}
            >
              {t("imports.import")}
            </Button>
          )}
        </>
      }
    >
      <div className={css.bar}>
        <SearchField
          label={t("contacts.search")}
          value={search.q}
          onSearch={(text) => {
            setChosen(new Set());
            set({ q: text });
          }}
          width={340}
        />
        <ColumnPicker
          fields={fields}
          columns={columns}
          onChange={(next) => {
            remember(next.join(","));
            set({ columns: writeColumns(next) });
          }}
        />
      </div>
      {notice && (
        <p className={css.notice} role="status">
          {notice}
        </p>
      )}
      <BulkBar
        rows={rows}
        chosen={chosen}
        columns={columns}
        onClear={() => setChosen(new Set())}
        onDone={setSaid}
      />
      {body()}
      {exporting && <ExportDialog contactIds={[]} columns={columns} onClose={() => setExporting(false)} />}
    </Page>
  );
}
