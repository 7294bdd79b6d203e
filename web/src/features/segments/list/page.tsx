import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import { segmentsQuery } from "@/api/segments";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { IconArrowsLeftRight, IconPlus } from "@/ui/icons";
import { More } from "@/ui/more";
import { Page } from "@/ui/page";
import { SearchField } from "@/ui/search-field";
import css from "./page.module.css";
import { SegmentsTable } from "./segments-table";

const route = getRouteApi("/frame/segments");

/** All segments with their members as they are now; search and tag live in the address. */
export function SegmentsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const segments = useInfiniteQuery(segmentsQuery(search));
  const rows = segments.data?.pages.flatMap((page) => page.items) ?? [];
  const set = (change: Partial<typeof search>) =>
    navigate({ search: { ...search, ...change }, replace: true });
  const make = may("contacts.write") && (
    <Button component={Link} to="/segments/new" leftSection={<IconPlus size={16} stroke={1.8} />}>
      {t("segments.new")}
    </Button>
  );

  // Where there is none yet, the page itself says what to do.
  const empty = segments.isSuccess && rows.length === 0 && !search.q && !search.tag;

  const body = () => {
    if (segments.isPending) return <Loading rows={6} />;
    if (segments.isError) return <Trouble error={segments.error} retry={() => segments.refetch()} />;
    if (empty) {
      return (
        <Empty title={t("segments.emptyTitle")} picture={<ListPicture />} action={make}>
          {t("segments.emptyWords")}
        </Empty>
      );
    }
    if (rows.length === 0) {
      return <Empty title={t("common.nothingFound")}>{t("segments.nothingFound")}</Empty>;
    }
    return (
      <>
        <SegmentsTable rows={rows} onTag={(tag) => set({ tag })} />
        <More
          has={segments.hasNextPage}
          loading={segments.isFetchingNextPage}
          onMore={() => segments.fetchNextPage()}
        />
      </>
    );
  };

  return (
    <Page
      title={t("frame.segments")}
      actions={
        <>
          {rows.length > 1 && (
            <Button
              component={Link}
              to="/segments/compare"
              search={{ one: undefined, other: undefined, days: undefined } as never}
              variant="default"
              className="brief"
              leftSection={<IconArrowsLeftRight size={16} stroke={1.7} aria-hidden />}
            >
              <span>{t("compare.title")}</span>
            </Button>
          )}
          {!empty && make}
        </>
      }
    >
      <div className={css.bar}>
        <SearchField label={t("segments.search")} value={search.q} onSearch={(q) => set({ q })} />
        {search.tag && (
          <button type="button" className={css.tag} onClick={() => set({ tag: undefined })}>
            {t("journeys.tagged", { tag: search.tag })} ×
          </button>
        )}
      </div>
      {body()}
    </Page>
  );
}
