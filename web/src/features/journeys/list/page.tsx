import { SegmentedControl } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { journeysQuery } from "@/api/queries";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Page } from "@/ui/page";
import { SearchField } from "@/ui/search-field";
import { JourneysTable } from "./journeys-table";
import css from "./page.module.css";

const route = getRouteApi("/frame/journeys");
const states = ["all", "active", "paused", "draft", "archived"] as const;

/** All journeys with their live counts; search and filter live in the address. */
export function JourneysPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const journeys = useInfiniteQuery(journeysQuery(search));
  const filtered = Boolean(search.q || search.state || search.tag);
  const set = (change: Partial<typeof search>) =>
    navigate({ search: { ...search, ...change }, replace: true });

  // There is nothing to look through before there is a journey.
  const nothing = !filtered && journeys.data?.pages[0]?.items.length === 0;

  const body = () => {
    if (journeys.isPending) return <Loading height={64} />;
    if (journeys.isError) return <Trouble error={journeys.error} retry={() => journeys.refetch()} />;
    const rows = journeys.data.pages.flatMap((page) => page.items);
    if (rows.length === 0 && filtered) {
      return <Empty title={t("common.nothingFound")}>{t("journeys.nothingFound")}</Empty>;
    }
    if (rows.length === 0) {
      return (
        <Empty title={t("journeys.emptyTitle")} picture={<ListPicture />}>
          {t("journeys.emptyWords")}
        </Empty>
      );
    }
    return (
      <>
        <JourneysTable rows={rows} onTag={(tag) => set({ tag })} />
        <More
          has={journeys.hasNextPage}
          loading={journeys.isFetchingNextPage}
          onMore={() => journeys.fetchNextPage()}
        />
      </>
    );
  };

  return (
    <Page title={t("frame.journeys")}>
      <div className={css.bar} hidden={nothing}>
        <SearchField label={t("journeys.search")} value={search.q} onSearch={(q) => set({ q })} />
        <SegmentedControl
          aria-label={t("journeys.filter")}
          size="xs"
          value={search.state ?? "all"}
          onChange={(value) =>
            set({ state: states.slice(1).find((state) => state === value) as typeof search.state })
          }
          data={states.map((state) => ({ value: state, label: t(`journeys.filters.${state}`) }))}
        />
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
