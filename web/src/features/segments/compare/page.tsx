import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { compareQuery } from "@/api/segments";
import { useNow } from "@/lib/now";
import { sentence } from "@/lib/sentence";
import { Empty, ListPicture, Loading, Trouble } from "@/ui/forms";
import { Page } from "@/ui/page";
import { KnownContext, useLoadKnown } from "../builder/known";
import { Pick } from "../builder/pick";
import { Sentence } from "../builder/sentence";
import { Charts } from "./charts";
import css from "./page.module.css";

const route = getRouteApi("/frame/segments/compare");
const PERIODS = ["7", "30", "90", "365"] as const;

/** Two segments side by side: who is in them, and what they did. */
export function ComparePage() {
  const { t } = useTranslation();
  const { one, other, days, journey } = route.useSearch();
  const navigate = route.useNavigate();
  const known = useLoadKnown();
  const now = useNow();
  // To the day, so that looking again is no other question.
  const since = `${new Date(now.getTime() - Number(days ?? "30") * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;
  const compared = useQuery({
    ...compareQuery({ one: one ?? "", other: other ?? "", since, journey }),
    enabled: Boolean(one && other),
  });
  const names = [one, other].map((id) => known.segments.find((each) => each.value === id)?.label ?? "");
  const pick = (side: "one" | "other", id: string | undefined, taken: string | undefined) => (
    <Pick
      look="field"
      label={t("builder.segment")}
      value={id ?? ""}
      shown={known.segments.find((each) => each.value === id)?.label ?? t("builder.aSegment")}
      missing={!id}
      options={known.segments.filter((each) => each.value !== taken)}
      onPick={(picked) => navigate({ search: (before) => ({ ...before, [side]: picked }), replace: true })}
    />
  );
  const body = () => {
    if (!one || !other) {
      return (
        <Empty title={t("compare.emptyTitle")} picture={<ListPicture />}>
          {t("compare.emptyWords")}
        </Empty>
      );
    }
    if (compared.isPending) return <Loading rows={6} />;
    if (compared.isError) return <Trouble error={compared.error} retry={() => compared.refetch()} />;
    const [first, second] = compared.data.segments;
    return first && second && <Charts one={first} other={second} names={[names[0] ?? "", names[1] ?? ""]} />;
  };
  return (
    <KnownContext.Provider value={known}>
      <Page
        title={t("compare.title")}
        parent={
          <Link to="/segments" search={{ q: undefined, tag: undefined }}>
            {t("frame.segments")}
          </Link>
        }
      >
        <div className={css.head}>
          <p className={css.ask}>
            <Sentence
              parts={sentence(t, "compare.ask", { one: "…", other: "…" })}
              slots={{ one: pick("one", one, other), other: pick("other", other, one) }}
            />
          </p>
          <div className={css.of}>
            <Pick
              look="words"
              label={t("compare.journey")}
              value={journey ?? ""}
              shown={known.journeys.find((each) => each.value === journey)?.label ?? t("compare.anyJourney")}
              options={[{ value: "", label: t("compare.anyJourney") }, ...known.journeys]}
              onPick={(picked) =>
                navigate({ search: (before) => ({ ...before, journey: picked || undefined }), replace: true })
              }
            />
            <SegmentedControl
              size="xs"
              aria-label={t("compare.period")}
              value={days ?? "30"}
              onChange={(value) =>
                navigate({
                  search: (before) => ({ ...before, days: PERIODS.find((each) => each === value) }),
                  replace: true,
                })
              }
              data={PERIODS.map((each) => ({ value: each, label: t(`compare.days.${each}`) }))}
            />
          </div>
        </div>
        {body()}
      </Page>
    </KnownContext.Provider>
  );
}
