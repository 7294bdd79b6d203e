import { Skeleton } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Page, TimelineItem } from "@/api/types";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { Empty, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Entry } from "./entry";
import css from "./timeline.module.css";
import { isWorthTelling, momentOf } from "./words";

interface TimelineProps {
  timeline: UseInfiniteQueryResult<InfiniteData<Page<TimelineItem>>>;
  /** Until when it tells; undefined: until now. */
  asOf?: string;
}

/** What happened, the latest first, by day of the workspace. */
export function Timeline({ timeline, asOf }: TimelineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  if (timeline.isPending) {
    return [0, 1, 2, 3, 4].map((row) => <Skeleton key={row} height={34} mb={18} ml={90} width="70%" />);
  }
  if (timeline.isError) return <Trouble error={timeline.error} retry={() => timeline.refetch()} />;
  const items = timeline.data.pages
    .flatMap((page) => page.items)
    .filter(isWorthTelling)
    .toSorted((one, other) => Date.parse(momentOf(other)) - Date.parse(momentOf(one)));
  if (items.length === 0) return <Empty title={t("timeline.emptyTitle")}>{t("timeline.emptyWords")}</Empty>;
  const days = Map.groupBy(items, (item) => format.dayKey(momentOf(item)));
  return (
    <>
      {asOf && <p className={css.until}>{t("timeline.until", { moment: format.dateTime(asOf) })}</p>}
      {[...days].map(([day, entries]) => (
        <section key={day} className={css.day}>
          <h2 className={css.date}>{format.day(entries[0] ? momentOf(entries[0]) : day, now)}</h2>
          <ol>
            {entries.map((item, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: several things may happen at one moment
              <Entry key={`${item.at}/${item.kind}/${item.name}/${index}`} item={item} />
            ))}
          </ol>
        </section>
      ))}
      <More
        has={timeline.hasNextPage}
        loading={timeline.isFetchingNextPage}
        onMore={() => timeline.fetchNextPage()}
      />
    </>
  );
}
