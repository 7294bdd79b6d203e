import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type SegmentRow, segmentQuery } from "@/api/segments";
import { useFormat } from "@/lib/format";
import { Loading, Trouble } from "@/ui/forms";
import { Page } from "@/ui/page";
import { KnownContext, useLoadKnown } from "../builder/known";
import { SegmentState } from "../segment-state";
import { Actions } from "./actions";
import { Members } from "./members";
import css from "./page.module.css";
import { Rule } from "./rule";
import { WhyPanel } from "./why-panel";

const route = getRouteApi("/frame/segments/$segmentId");

/** A segment: what it asks, who is in it, and of anyone why they are in it or not. */
export function SegmentPage() {
  const { t } = useTranslation();
  const { segmentId } = route.useParams();
  const { why } = route.useSearch();
  const navigate = route.useNavigate();
  const known = useLoadKnown();
  const segment = useQuery(segmentQuery(segmentId));
  const parent = (
    <Link to="/segments" search={{ q: undefined, tag: undefined }}>
      {t("frame.segments")}
    </Link>
  );
  if (!segment.data) {
    return (
      <Page title={t("segments.one")} parent={parent}>
        {segment.isError ? (
          <Trouble error={segment.error} retry={() => segment.refetch()} />
        ) : (
          <Loading rows={6} />
        )}
      </Page>
    );
  }
  return (
    <KnownContext.Provider value={known}>
      <Page
        title={segment.data.name}
        parent={parent}
        beside={<SegmentState segment={segment.data} />}
        actions={<Actions segment={segment.data} />}
        panel={
          why && (
            <WhyPanel
              about={{ segmentId }}
              contactId={why}
              onClose={() => navigate({ search: (now) => ({ ...now, why: undefined }), replace: true })}
            />
          )
        }
      >
        <div className={css.columns}>
          <Members segment={segment.data} />
          <div className={css.beside}>
            <Figures segment={segment.data} />
            <Rule segment={segment.data} />
          </div>
        </div>
      </Page>
    </KnownContext.Provider>
  );
}

function Figures({ segment }: { segment: SegmentRow }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className={css.figures}>
      <span className={css.count}>{format.number(segment.members)}</span>
      <span className={css.noun}>{t("segments.people", { count: segment.members })}</span>
      {segment.filling && <p className={css.filling}>{t("segments.fillingWords")}</p>}
      {!segment.enabled && <p className={css.filling}>{t("segments.disabledWords")}</p>}
    </section>
  );
}
