import { Button, Skeleton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { type EventSettings, eventSettingsQuery, USUAL_EVENT_SETTINGS } from "@/api/data";
import { useMay } from "@/api/may";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import css from "./events.module.css";

/** Whether any event may come in, or only those that are known and fit; and the way from one to the other. */
export function Strictness() {
  const { t } = useTranslation();
  const may = useMay();
  const queries = useQueryClient();
  const settings = useQuery(eventSettingsQuery);
  const [asking, setAsking] = useState(false);
  const save = useMutation({
    mutationFn: (body: EventSettings) => dataOf(client.PUT("/api/v1/event-settings", { body })),
    onSuccess: (saved) => {
      queries.setQueryData(eventSettingsQuery.queryKey, saved);
      setAsking(false);
    },
  });
  if (settings.isError) return null;
  const { data = USUAL_EVENT_SETTINGS, isPending } = settings;
  const change = t(data.strict ? "events.makeOpen" : "events.makeStrict");
  return (
    <section className={css.strict} aria-label={t("events.door")}>
      <Skeleton visible={isPending} aria-hidden={isPending} component="p" className={css.strictWords}>
        <span className={css.strictTitle}>{t(data.strict ? "events.strict" : "events.open")}</span>{" "}
        {t(data.strict ? "events.strictWords" : "events.openWords")}{" "}
        <Link to="/rejected">{t("events.toRejected")}</Link>
      </Skeleton>
      {may("workspace.write") && (
        <Button size="xs" variant="default" disabled={isPending} onClick={() => setAsking(true)}>
          {change}
        </Button>
      )}
      {asking && (
        <Dialog
          title={change}
          onClose={() => setAsking(false)}
          foot={
            <>
              <Button variant="default" onClick={() => setAsking(false)}>
                {t("common.cancel")}
              </Button>
              <Button loading={save.isPending} onClick={() => save.mutate({ ...data, strict: !data.strict })}>
                {change}
              </Button>
            </>
          }
        >
          <p>{t(data.strict ? "events.openConsequence" : "events.strictConsequence")}</p>
          <Problem error={save.error} />
        </Dialog>
      )}
    </section>
  );
}
