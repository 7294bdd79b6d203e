import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { countsQuery, journeyQuery } from "@/api/queries";
import type { Journey } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Empty, Trouble } from "@/ui/forms";
import { Page } from "@/ui/page";
import { StatePill } from "../state-pill";
import { Drawing } from "./drawing";
import { Outline } from "./outline";
import css from "./page.module.css";
import { Panel } from "./panel";
import { Totals } from "./totals";

const route = getRouteApi("/frame/journeys/$journeyId");

/** One journey, drawn: what it does, how many went which way, and who is where now. */
export function JourneyPage() {
  const { t } = useTranslation();
  const { journeyId } = route.useParams();
  const { step, view } = route.useSearch();
  const navigate = route.useNavigate();
  const journey = useQuery(journeyQuery(journeyId));
  const counts = useQuery(countsQuery(journeyId));
  const clear = () => navigate({ search: { step: undefined, view: undefined }, replace: true });
  const parent = <Link to="/journeys">{t("frame.journeys")}</Link>;

  if (journey.isPending) {
    return (
      <Page title={t("journey.untitled")} parent={parent} shape="canvas">
        <CanvasSkeleton />
      </Page>
    );
  }
  if (journey.isError) {
    return (
      <Page title={t("journey.untitled")} parent={parent}>
        <Trouble
          error={journey.error}
          missing={t("journey.missing")}
          retry={() => journey.refetch()}
          way={
            <Button component={Link} to="/journeys">
              {t("trouble.home")}
            </Button>
          }
        />
      </Page>
    );
  }
  const { data } = journey;
  const nothing = Object.keys(data.graph.steps).length === 0;
  return (
    <Page title={data.name} parent={parent} beside={<Beside journey={data} />} shape="canvas">
      {nothing ? (
        <Empty title={t("journey.emptyTitle")}>{t("journey.emptyWords")}</Empty>
      ) : (
        <div className={css.whole}>
          <Standstill journey={data} />
          <div className={css.stage}>
            <Drawing journey={data} counts={counts.data} current={step} onClear={clear} />
            <Outline journey={data} counts={counts.data} />
            <Totals journey={data} covered={step !== undefined} />
            {counts.isError && (
              <p className={css.stale} role="alert">
                {t("journey.stale")}
              </p>
            )}
            {step && <Panel journey={data} counts={counts.data} boxId={step} view={view} onClose={clear} />}
          </div>
        </div>
      )}
    </Page>
  );
}

/** Why a journey stands still that nobody paused: what is gone, or what it asks. */
function Standstill({ journey }: { journey: Journey }) {
  const { i18n } = useTranslation();
  if (journey.failures.length === 0) return null;
  return (
    <div className={css.standstill} role="status">
      {journey.failures.map((failure) => (
        <p key={failure.code + failure.at}>{i18n.language === "it" ? failure.it : failure.en}</p>
      ))}
    </div>
  );
}

function Beside({ journey }: { journey: Journey }) {
  const { t } = useTranslation();
  const format = useFormat();
  const published = journey.versions.find((one) => one.number === journey.version);
  return (
    <>
      <StatePill state={journey.state} />
      {journey.version !== null && (
        <span className={css.version}>
          {published
            ? t("journey.versionSince", {
                version: journey.version,
                when: format.date(published.publishedAt),
              })
            : t("journey.version", { version: journey.version })}
        </span>
      )}
    </>
  );
}

function CanvasSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={css.skeleton} role="status" aria-label={t("common.loading")}>
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} width={240} height={60} radius={10} />
      ))}
    </div>
  );
}
