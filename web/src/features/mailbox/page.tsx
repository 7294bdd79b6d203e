import { SegmentedControl } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { mailboxQuery, mailQuery } from "@/api/queries";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { More } from "@/ui/more";
import { Page } from "@/ui/page";
import { SearchField } from "@/ui/search-field";
import { Letter } from "./letter";
import { LetterRow } from "./letter-row";
import css from "./page.module.css";

const route = getRouteApi("/frame/mailbox");

const CHANNELS = ["email", "sms", "push"] as const;

/** What the embedded mailbox received: the list at the left, the open message at the right. */
export function MailboxPage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q, channel, message } = search;
  const mails = useInfiniteQuery(mailboxQuery({ q, channel }));
  const open = useQuery({ ...mailQuery(message ?? ""), enabled: message !== undefined });
  const set = (change: Partial<typeof search>) =>
    navigate({ search: { ...search, ...change }, replace: true });

  // Nobody is asked to choose where there is nothing, or not yet.
  const hasRows = mails.data?.pages.some((page) => page.items.length > 0) ?? false;
  const list = () => {
    if (mails.isPending) return <Loading rows={9} height={76} />;
    if (mails.isError) return <Trouble error={mails.error} retry={() => mails.refetch()} />;
    const rows = mails.data.pages.flatMap((page) => page.items);
    // One that a link led to may lie far down the list: it stands above it until the list has come so far.
    const apart = open.data && !rows.some((row) => row.id === message) ? open.data : undefined;
    if (rows.length === 0) {
      return q || channel ? (
        <Empty title={t("common.nothingFound")}>{t("mailbox.nothingFound")}</Empty>
      ) : (
        <Empty title={t("mailbox.emptyTitle")} picture={<ListPicture />}>
          {t("mailbox.emptyWords")}
        </Empty>
      );
    }
    return (
      <>
        <ul>
          {apart && <LetterRow key={apart.id} row={apart} current />}
          {rows.map((row) => (
            <LetterRow key={row.id} row={row} current={row.id === message} />
          ))}
        </ul>
        <More
          has={mails.hasNextPage}
          loading={mails.isFetchingNextPage}
          onMore={() => mails.fetchNextPage()}
        />
      </>
    );
  };

  // Nothing to look through, or no way to: one word for the whole room.
  const bare = mails.isError || (mails.isSuccess && !hasRows && !q && !channel);
  if (bare && !message) return <Page title={t("frame.mailbox")}>{list()}</Page>;

  return (
    <Page title={t("frame.mailbox")} shape="canvas">
      <div className={css.split} data-open={message !== undefined || undefined}>
        <section className={css.list} aria-label={t("mailbox.list")}>
          <div className={css.bar}>
            <SearchField
              label={t("mailbox.search")}
              value={q}
              onSearch={(text) => set({ q: text })}
              width="100%"
            />
            <SegmentedControl
              aria-label={t("mailbox.channel")}
              size="xs"
              fullWidth
              value={channel ?? "all"}
              onChange={(value) =>
                set({ channel: CHANNELS.find((one) => one === value), message: undefined })
              }
              data={(["all", ...CHANNELS] as const).map((value) => ({
                value,
                label: t(`mailbox.channels.${value}`),
              }))}
            />
          </div>
          <div className={css.rows}>{list()}</div>
        </section>
        <section className={css.reading} aria-label={t("mailbox.message")}>
          {message ? (
            <Letter key={message} id={message} />
          ) : (
            hasRows && <Empty title={t("mailbox.choose")}>{t("mailbox.chooseWords")}</Empty>
          )}
        </section>
      </div>
    </Page>
  );
}
