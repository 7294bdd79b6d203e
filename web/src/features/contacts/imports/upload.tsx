import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { importQuery } from "@/api/data";
import { IconUpload } from "@/ui/icons";
import { Problem } from "@/ui/problem";
import css from "./imports.module.css";

/** The place where a file is dropped or chosen; it goes to the server at once, and nothing is imported by that. */
export function Upload({ onUploaded }: { onUploaded: (id: string) => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const upload = useMutation({
    mutationFn: (file: File) =>
      dataOf(
        client.POST("/api/v1/imports", {
          params: { query: { fileName: file.name } },
          body: file as unknown as string,
          bodySerializer: (body) => body,
          headers: { "Content-Type": "application/octet-stream" },
        }),
      ),
    onSuccess: async (preview) => {
      queries.setQueryData(importQuery(preview.id).queryKey, preview);
      onUploaded(preview.id);
      await queries.invalidateQueries({ queryKey: ["imports"] });
    },
  });
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) upload.mutate(file);
  };
  return (
    <section
      className={css.drop}
      aria-label={t("imports.new")}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <IconUpload size={22} stroke={1.6} aria-hidden />
      <div className={css.dropWords}>
        <h2 className={css.dropTitle}>
          <span className={css.dropWide}>{t("imports.drop")}</span>
          <span className={css.dropNarrow}>{t("imports.pick")}</span>
        </h2>
        <p className={css.quiet}>{t("imports.dropWords")}</p>
        <Problem error={upload.error} />
      </div>
      <input
        ref={field}
        type="file"
        className="sr-only"
        tabIndex={-1}
        aria-label={t("imports.choose")}
        accept=".csv,.txt,.tsv,.xlsx,text/csv"
        onChange={(event) => take(event.currentTarget.files)}
      />
      <Button loading={upload.isPending} onClick={() => field.current?.click()}>
        {t("imports.choose")}
      </Button>
    </section>
  );
}
