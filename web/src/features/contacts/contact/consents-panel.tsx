import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import { type Consents, consentsQuery, listsQuery } from "@/api/people";
import type { Contact } from "@/api/types";
import { useFormat } from "@/lib/format";
import { reasonText, sourceName } from "@/lib/vocabulary";
import { Trouble } from "@/ui/forms";
import { IconShieldCheck, IconShieldX } from "@/ui/icons";
import { Pill } from "@/ui/pill";
import { Section } from "@/ui/section";
import { SidePanel } from "@/ui/side-panel";
import { type Asked, ChoiceDialog } from "./choice-dialog";
import { Closed } from "./closed";
import css from "./consents-panel.module.css";
import { Leaves } from "./leaves";
import { Proofs } from "./proofs";

interface ConsentsPanelProps {
  contact: Contact;
  onClose: () => void;
}

/** What a contact agreed to, list by list and leaf by leaf, with the proof of each change and its chain. */
export function ConsentsPanel({ contact, onClose }: ConsentsPanelProps) {
  const { t } = useTranslation();
  const consents = useQuery(consentsQuery(contact.id));
  const [asked, setAsked] = useState<Asked | null>(null);
  const head = (
    <>
      <h2 className={css.title}>{t("consents.title")}</h2>
      {consents.data && <Chain consents={consents.data} />}
    </>
  );
  return (
    <SidePanel id={`consents/${contact.id}`} label={t("consents.title")} head={head} onClose={onClose}>
      {consents.isPending && [0, 1, 2, 3].map((row) => <Skeleton key={row} height={40} mb={14} />)}
      {consents.isError && <Trouble error={consents.error} retry={() => consents.refetch()} />}
      {consents.data && (
        <>
          <Statuses consents={consents.data} onAsk={setAsked} />
          <Leaves leaves={consents.data.leaves} onAsk={setAsked} />
          <Closed contact={contact} consents={consents.data} onAsk={setAsked} />
          <Section title={t("consents.register")}>
            <Proofs consents={consents.data} />
          </Section>
        </>
      )}
      {asked && <ChoiceDialog contactId={contact.id} asked={asked} onClose={() => setAsked(null)} />}
    </SidePanel>
  );
}

function Chain({ consents }: { consents: Consents }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { brokenAt, records } = consents;
  if (records === null || records.length === 0) return null;
  const Icon = brokenAt === null ? IconShieldCheck : IconShieldX;
  return (
    <p className={css.chain} data-broken={brokenAt !== null || undefined}>
      <Icon size={16} stroke={1.8} aria-hidden />
      {brokenAt === null
        ? t("consents.unbroken", { count: records.length, n: format.number(records.length) })
        : t("consents.broken", { number: format.number(brokenAt) })}
    </p>
  );
}

function Statuses({ consents, onAsk }: { consents: Consents; onAsk: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const lists = useQuery(listsQuery);
  const asks = (id: string) =>
    lists.data?.items.some((list) => list.id === id && list.optIn === "double") ?? false;
  const tones = { subscribed: "positive", pending: "attention", unsubscribed: "danger" } as const;
  return (
    <Section title={t("contact.lists")}>
      {consents.statuses.length === 0 && <p className={css.none}>{t("contact.noStatusWords")}</p>}
      {consents.statuses.map((one) => {
        const leaving = one.status !== "unsubscribed";
        return (
          <div key={`${one.listId}/${one.channel}`} className={css.card} data-status={one.status}>
            <div className={css.row}>
              <span className={css.name}>
                {one.listName} · {t(`channels.${one.channel}`)}
              </span>
              <Pill tone={tones[one.status as keyof typeof tones] ?? "plain"}>
                {t(`statuses.${one.status}`)}
              </Pill>
            </div>
            <p className={css.words}>
              {t("consents.since", {
                when: format.dateTime(one.changedAt),
                source: sourceName(t, one.source),
              })}
            </p>
            {one.status === "pending" && <p className={css.words}>{t("consents.pendingWords")}</p>}
            {one.gate && leaving && (
              <p className={css.gate}>{t("consents.gate", { reason: reasonText(t, one.gate) })}</p>
            )}
            {may("contacts.write") && (
              <Button
                size="xs"
                variant="default"
                mt={10}
                onClick={() =>
                  onAsk({
                    kind: "status",
                    listId: one.listId,
                    listName: one.listName,
                    channel: one.channel as "email",
                    status: leaving ? "unsubscribed" : "subscribed",
                    asks: asks(one.listId),
                  })
                }
              >
                {t(leaving ? "consents.unsubscribe" : "consents.subscribe")}
              </Button>
            )}
          </div>
        );
      })}
    </Section>
  );
}
