import { Button, Progress } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import type { ImportPreview } from "@/api/data";
import { useFormat } from "@/lib/format";
import { IconCircleCheck, IconDownload } from "@/ui/icons";
import { Problem } from "@/ui/problem";
import { saveFile } from "../bulk/files";
import { errorText } from "./errors";
import { Figures } from "./figures";
import css from "./imports.module.css";

/** The rows on their way in, then what became of them and the report of those that were not taken. */
export function Outcome({ data }: { data: ImportPreview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const params = { path: { id: data.id } };
  const underWay = data.state === "running" || data.state === "applying" || data.state === "uploading";
  const cancel = useMutation({
    mutationFn: () => dataOf(client.POST("/api/v1/imports/{id}/cancel", { params })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["import", data.id] }),
  });
  const report = useMutation({
    mutationFn: async () => {
      const file = await dataOf(client.GET("/api/v1/imports/{id}/rejects", { params, parseAs: "blob" }));
      saveFile(file as unknown as Blob, t("imports.rejectsFile"));
    },
  });
  const rejected = data.counts.rejected ?? 0;
  const taken = (data.counts.new ?? 0) + (data.counts.updated ?? 0);
  const stopped = data.state === "failed" || data.state === "cancelled";
  return (
    <section className={css.outcome} data-state={data.state} aria-label={t(`imports.states.${data.state}`)}>
      <div className={css.outcomeHead} role="status">
        {data.state === "done" && <IconCircleCheck size={22} stroke={1.7} aria-hidden />}
        <h2>{t(`imports.outcome.${data.state}`)}</h2>
      </div>
      {underWay && (
        <>
          <Progress value={data.progress * 100} size="sm" mt={12} aria-label={t("imports.states.running")} />
          <p className={css.quiet}>
            {t("imports.progress", {
              share: format.share(data.progress),
              n: format.number(data.counts.rows ?? 0),
            })}
          </p>
        </>
      )}
      {data.error && <p className={css.error}>{errorText(t, data.error)}</p>}
      {(data.counts.rows ?? 0) > 0 && <Figures counts={data.counts} />}
      {data.finishedAt && (
        <p className={css.quiet}>
          {t(`imports.finished.${data.state}`, { when: format.dateTime(data.finishedAt) })}
        </p>
      )}
      {stopped && taken > 0 && <p className={css.quiet}>{t("imports.stay")}</p>}
      <Problem error={cancel.error ?? report.error} />
      <div className={css.foot}>
        {underWay && (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t("imports.stop")}
          </Button>
        )}
        {rejected > 0 && (
          <Button
            variant="default"
            loading={report.isPending}
            leftSection={<IconDownload size={16} stroke={1.7} aria-hidden />}
            onClick={() => report.mutate()}
          >
            {t("imports.rejects", { count: rejected, n: format.number(rejected) })}
          </Button>
        )}
        {!underWay && (
          <>
            <Button component={Link} to="/imports" variant="default">
              {t("imports.another")}
            </Button>
            <Button component={Link} to="/contacts">
              {t("imports.toContacts")}
            </Button>
          </>
        )}
      </div>
    </section>
  );
}
