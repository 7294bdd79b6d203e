import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import type { ContactRow } from "@/api/types";
import { useFormat } from "@/lib/format";
import { IconDownload, IconTag, IconTrash, IconUsersGroup, IconX } from "@/ui/icons";
import { ExportDialog } from "../bulk/export-dialog";
import { GroupDialog } from "../bulk/group-dialog";
import { TagDialog } from "../bulk/tag-dialog";
import { EraseDialog } from "../contact/erase-dialog";
import css from "./bulk-bar.module.css";

interface BulkBarProps {
  rows: ContactRow[];
  chosen: Set<string>;
  columns: string[];
  onClear: () => void;
  onDone: (words: string) => void;
}

/** What can be done with the chosen contacts; each as far as the role allows, erasing one at a time. */
export function BulkBar({ rows, chosen, columns, onClear, onDone }: BulkBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const [dialog, setDialog] = useState<"group" | "tag" | "export" | "erase" | null>(null);
  if (chosen.size === 0) return null;
  const ids = [...chosen];
  const count = { count: ids.length, n: format.number(ids.length) };
  const close = () => setDialog(null);
  const only = ids.length === 1 ? rows.find((row) => row.id === ids[0]) : undefined;
  const done = (words: string) => () => {
    onDone(words);
    onClear();
  };
  return (
    <section className={css.bar} aria-label={t("bulk.actions")}>
      <span className={css.count} role="status">
        {t("bulk.chosen", count)}
      </span>
      {may("contacts.write") && (
        <>
          <Button
            size="xs"
            variant="default"
            className="brief"
            leftSection={<IconUsersGroup size={15} stroke={1.7} aria-hidden />}
            onClick={() => setDialog("group")}
          >
            <span>{t("bulk.group")}</span>
          </Button>
          <Button
            size="xs"
            variant="default"
            className="brief"
            leftSection={<IconTag size={15} stroke={1.7} aria-hidden />}
            onClick={() => setDialog("tag")}
          >
            <span>{t("bulk.tag")}</span>
          </Button>
        </>
      )}
      {may("contacts.download") && (
        <Button
          size="xs"
          variant="default"
          className="brief"
          leftSection={<IconDownload size={15} stroke={1.7} aria-hidden />}
          onClick={() => setDialog("export")}
        >
          <span>{t("bulk.export")}</span>
        </Button>
      )}
      {may("contacts.erase") && only && (
        <Button
          size="xs"
          variant="default"
          className={`brief ${css.danger}`}
          leftSection={<IconTrash size={15} stroke={1.7} aria-hidden />}
          onClick={() => setDialog("erase")}
        >
          <span>{t("erase.action")}</span>
        </Button>
      )}
      <button type="button" className={css.clear} aria-label={t("bulk.clear")} onClick={onClear}>
        <IconX size={16} stroke={1.8} aria-hidden />
      </button>
      {dialog === "group" && (
        <GroupDialog contactIds={ids} onClose={close} onDone={done(t("bulk.grouped", count))} />
      )}
      {dialog === "tag" && (
        <TagDialog contactIds={ids} onClose={close} onDone={done(t("bulk.tagged", count))} />
      )}
      {dialog === "export" && <ExportDialog contactIds={ids} columns={columns} onClose={close} />}
      {dialog === "erase" && only && (
        <EraseDialog
          contactId={only.id}
          title={only.name || only.email || only.phone || t("common.unnamed")}
          onClose={close}
        />
      )}
    </section>
  );
}
