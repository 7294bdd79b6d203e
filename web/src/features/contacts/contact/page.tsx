import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { pastQuery } from "@/api/people";
import { contactQuery, timelineQuery } from "@/api/queries";
import type { Contact, ContactStatus } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Trouble } from "@/ui/forms";
import { Page } from "@/ui/page";
import { Person } from "@/ui/person";
import { Pill, type Tone } from "@/ui/pill";
import { Actions } from "./actions";
import { AsOf } from "./as-of";
import { ConsentsPanel } from "./consents-panel";
import { Journeys } from "./journeys";
import { Lines } from "./lines";
import css from "./page.module.css";
import { Profile } from "./profile";
import { SegmentPanel } from "./segment-panel";
import { Timeline } from "./timeline";
import { TracePanel } from "./trace-panel";

const route = getRouteApi("/frame/contacts/$contactId");
const views = ["timeline", "profile", "journeys"] as const;
/** Rows that stand for each column while it is on its way. */
const LOADING = { profile: 8, timeline: 12, journeys: 5 } as const;

/** One contact: who it is, what happened day by day and why, the journeys it is in, and what was not sent. */
export function ContactPage() {
  const { t } = useTranslation();
  const { contactId } = route.useParams();
  const search = route.useSearch();
  const { view, run, panel, segment, asOf } = search;
  const navigate = route.useNavigate();
  const contact = useQuery(contactQuery(contactId));
  const timeline = useInfiniteQuery(timelineQuery(contactId, asOf));
  const past = useQuery({ ...pastQuery(contactId, asOf ?? ""), enabled: asOf !== undefined });
  const set = (change: Partial<typeof search>) =>
    navigate({ search: { ...search, ...change }, replace: true });
  const parent = <Link to="/contacts">{t("frame.contacts")}</Link>;
  if (contact.isError) {
    return (
      <Page title={t("contacts.unknown")} parent={parent}>
        <Trouble
          error={contact.error}
          retry={() => contact.refetch()}
          way={
            <Button component={Link} to="/contacts">
              {t("trouble.contacts")}
            </Button>
          }
        />
      </Page>
    );
  }
  if (contact.isPending) {
    return (
      <Page title={t("contacts.unknown")} parent={parent} shape="wide">
        <div className={css.columns} data-shown="timeline" role="status" aria-label={t("common.loading")}>
          {(Object.keys(LOADING) as (keyof typeof LOADING)[]).map((column) => (
            <div key={column} className={css.column} data-view={column}>
              <Lines rows={LOADING[column]} />
            </div>
          ))}
        </div>
      </Page>
    );
  }
  const { data } = contact;
  const title = data.name || data.identities[0]?.value || t("common.unnamed");
  const shown = view ?? "timeline";
  return (
    <Page
      title={title}
      parent={parent}
      lead={<Person name={title} size={42} />}
      beside={<Statuses contact={data} />}
      actions={
        <>
          <AsOf since={data.createdAt} value={asOf} onChange={(moment) => set({ asOf: moment })} />
          <Actions
            contact={data}
            title={title}
            onConsents={() => set({ panel: "consents", run: undefined, segment: undefined })}
          />
        </>
      }
      shape="wide"
    >
      <nav className={css.switch} aria-label={t("contact.views")}>
        {views.map((one) => (
          <Link
            key={one}
            from="/contacts/$contactId"
            to="."
            replace
            search={{ view: one === "timeline" ? undefined : one, run: undefined, asOf }}
            data-current={one === shown || undefined}
            aria-current={one === shown ? "page" : undefined}
          >
            {t(`contact.view.${one}`)}
          </Link>
        ))}
      </nav>
      <div className={css.columns} data-shown={shown}>
        <section className={css.column} data-view="profile" aria-label={t("contact.view.profile")}>
          {past.isError && asOf ? (
            <Trouble error={past.error} retry={() => past.refetch()} />
          ) : (
            <Profile contact={data} past={asOf ? past.data : undefined} />
          )}
        </section>
        <section className={css.column} data-view="timeline" aria-label={t("contact.view.timeline")}>
          <Timeline timeline={timeline} asOf={asOf} />
        </section>
        <section className={css.column} data-view="journeys" aria-label={t("contact.view.journeys")}>
          {asOf && <p className={css.today}>{t("contact.journeysAreToday")}</p>}
          <Journeys contact={data} timeline={timeline.data?.pages.flatMap((page) => page.items) ?? []} />
        </section>
      </div>
      {run && <TracePanel runId={run} onClose={() => set({ run: undefined })} />}
      {panel === "consents" && <ConsentsPanel contact={data} onClose={() => set({ panel: undefined })} />}
      {segment && (
        <SegmentPanel contactId={data.id} segmentId={segment} onClose={() => set({ segment: undefined })} />
      )}
    </Page>
  );
}

const tones: Record<ContactStatus["status"], Tone> = {
  subscribed: "positive",
  pending: "attention",
  unsubscribed: "danger",
};

function Statuses({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (contact.statuses.length === 0)
    return <Pill title={t("contact.noStatusWords")}>{t("contact.noStatus")}</Pill>;
  return contact.statuses.map((one) => (
    <Pill
      key={`${one.listId}/${one.channel}`}
      tone={tones[one.status]}
      title={t("contact.statusSince", { list: one.listName, when: format.dateTime(one.changedAt) })}
    >
      {t("contact.status", { channel: t(`channels.${one.channel}`), status: t(`statuses.${one.status}`) })}
    </Pill>
  ));
}
