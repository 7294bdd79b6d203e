import { Button, NumberInput, Skeleton, Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { type EventSettings, eventSettingsQuery, USUAL_EVENT_SETTINGS } from "@/api/data";
import { useMay } from "@/api/may";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import css from "./events.module.css";

const KINDS = ["cartMinutes", "sessionMinutes"] as const;
type Minutes = Pick<EventSettings, (typeof KINDS)[number]>;
/** What is proposed where nothing was told so far, and what the server takes, in minutes. */
const USUAL = 20;
const LEAST = 5;
const MOST = 1_440;

/** After how long a basket or a visit that nobody touches is told as abandoned, and the way to change it. */
export function Abandonment() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const settings = useQuery(eventSettingsQuery);
  const [changing, setChanging] = useState(false);
  if (settings.isError) return null;
  const { data = USUAL_EVENT_SETTINGS, isPending } = settings;
  const said = (kind: (typeof KINDS)[number]) => {
    const minutes = data[kind];
    if (minutes === null) return t(`events.never.${kind}`);
    return t(`events.after.${kind}`, { span: format.span(minutes * 60) });
  };
  return (
    <section className={css.strict} aria-label={t("events.abandonment")}>
      <Skeleton visible={isPending} aria-hidden={isPending} component="p" className={css.strictWords}>
        <span className={css.strictTitle}>{t("events.abandonment")}.</span> {KINDS.map(said).join(" ")}
      </Skeleton>
      {may("workspace.write") && (
        <Button size="xs" variant="default" disabled={isPending} onClick={() => setChanging(true)}>
          {t("common.change")}
        </Button>
      )}
      {changing && <ChangeDialog settings={data} onClose={() => setChanging(false)} />}
    </section>
  );
}

function ChangeDialog({ settings, onClose }: { settings: EventSettings; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [minutes, setMinutes] = useState<Minutes>(settings);
  const save = useMutation({
    mutationFn: () => dataOf(client.PUT("/api/v1/event-settings", { body: { ...settings, ...minutes } })),
    onSuccess: (saved) => {
      queries.setQueryData(eventSettingsQuery.queryKey, saved);
      onClose();
    },
  });
  const set = (kind: (typeof KINDS)[number], value: number | null) =>
    setMinutes((before) => ({ ...before, [kind]: value }));
  const ready = KINDS.every((kind) => {
    const value = minutes[kind];
    return value === null || (value >= LEAST && value <= MOST);
  });
  return (
    <Dialog title={t("events.abandonment")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.mutate();
        }}
      >
        <p className={css.quiet}>{t("events.abandonmentWords")}</p>
        {KINDS.map((kind) => (
          <div key={kind} className={css.minutes}>
            <Switch
              label={t(`events.told.${kind}`)}
              checked={minutes[kind] !== null}
              onChange={(event) => set(kind, event.currentTarget.checked ? USUAL : null)}
            />
            {minutes[kind] !== null && (
              <NumberInput
                w={116}
                flex="none"
                size="xs"
                aria-label={t(`events.minutesOf.${kind}`)}
                suffix={` ${t("events.minutes")}`}
                value={minutes[kind] ?? USUAL}
                min={LEAST}
                max={MOST}
                allowDecimal={false}
                onChange={(value) => set(kind, typeof value === "number" ? value : 0)}
              />
            )}
          </div>
        ))}
        <Problem error={save.error} />
        <div className={css.ends}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!ready} loading={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
